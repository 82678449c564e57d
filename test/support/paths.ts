// Compiled tests run in dist/test/<room>; what they read that is not compiled lies in the repository.
import { fileURLToPath } from 'node:url'

/** The repository's root folder, with a closing slash. */
export const root = new URL('../../..', import.meta.url)

/** URL of the built preload entry, for `--import`. */
export const registerUrl = new URL('dist/lib/register.js', root).href

/** URL of the preload that takes `trackPromises` from every hook. */
export const announcePromisesUrl = new URL('dist/test/support/announce-promises.js', root).href

/** Path of a file or folder of the repository. */
export function inRoot(path: string): string {
  return fileURLToPath(new URL(path, root))
}

/** Path of `test/<room>/fixtures/<name>`. */
export function fixture(room: string, name: string): string {
  return inRoot(`test/${room}/fixtures/${name}`)
}
