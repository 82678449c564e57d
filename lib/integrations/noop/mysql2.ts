// `leakwatch/mysql2` under the export condition `production`: pools and connections are handed back as they are.

export function watchPool<P>(pool: P): P {
  return pool
}

export function watchConnection<C>(connection: C): C {
  return connection
}

export function unwatch(): void {}
