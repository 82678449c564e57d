/** One metric of a meter. */
export interface Observable {
  addCallback(callback: never): void
}

type Attributes = Record<string, string | number>

/** What is handed the values of metrics, as they are collected. */
export interface Observations {
  observe(metric: Observable, value: number, attributes?: Attributes): void
}

/** The part that is used of a `Meter` of @opentelemetry/api. */
export interface Meter {
  createObservableUpDownCounter(name: string, options: { readonly unit: string, readonly description: string }): Observable
  addBatchObservableCallback(callback: (result: Observations) => void, observables: Observable[]): void
  removeBatchObservableCallback(callback: (result: Observations) => void, observables: Observable[]): void
}

const methods = ['createObservableUpDownCounter', 'addBatchObservableCallback', 'removeBatchObservableCallback'] as const

export function isMeter(value: unknown): value is Meter {
  return typeof value === 'object' && value !== null && methods.every(name => typeof Reflect.get(value, name) === 'function')
}
