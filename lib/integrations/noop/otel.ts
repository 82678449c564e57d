// `leakwatch/otel` under the export condition `production`: nothing is published.

export function observe(): { stop(): void, [Symbol.dispose](): void } {
  return { stop: () => {}, [Symbol.dispose]: () => {} }
}
