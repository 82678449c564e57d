import type * as runners from './runners.ts'

/**
 * What the adapters do, in the one file that is loaded for it: by Node's own loader, once for all files of tests, although a runner loads
 * the entry for each of them anew.
 */
export function adapters(): typeof runners {
  const require = process.getBuiltinModule('node:module').createRequire(import.meta.url)
  return (require('../index.cjs') as { readonly adapters: typeof runners }).adapters
}
