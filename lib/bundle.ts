// All that is loaded as one file: the API, and what the adapters do.
export * from './index.ts'
export * as adapters from './adapters/runners.ts'
