// Of Vitest, an optional peer that is not installed here, what the adapter imports.
declare module 'vitest' {
  export const aroundEach: import('./runners/vitest.ts').Vitest['aroundEach']
  export const aroundAll: import('./runners/vitest.ts').Vitest['aroundAll']
}
