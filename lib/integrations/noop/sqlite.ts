// `leakwatch/sqlite` under the export condition `production`: databases are handed back as they are.

export function watchDatabase<D>(database: D): D {
  return database
}

export function unwatch(): void {}
