// What a bundle asks for that is not in it: a module of Node, or a part of its own. The build puts this at its beginning, where V8's code of it is
// kept with that of the bundle; so it imports nothing.
import type { Prepare } from './code-cache.ts'

/** What was loaded, by URL. */
export type Parts = Record<string, object>

/** What loads a bundle and its parts. */
export interface Loading {
  readonly builtin: typeof process.getBuiltinModule
  readonly prepare: Prepare
  readonly parts: Parts
  /** Of all, as a URL that ends in a slash. */
  readonly root: string
}

/**
 * The `require` of a bundle and of its parts. A part is read at once and run when it is first needed: by then the program may have put another
 * fs in place, or used up every descriptor.
 */
export function requireFor({ builtin, prepare, parts, root }: Loading): (id: string) => unknown {
  // The program may put others in their place.
  const { apply } = Reflect
  const { slice } = String.prototype
  const requirePart = (id: string): unknown => {
    if (id[0] !== '.') return builtin(id)
    const name = apply(slice, id, ['./'.length]) as string
    // The bundle itself is there by the time that a part of it asks.
    return parts[root + name] ??= deferred(prepare(name, requirePart))
  }
  return requirePart
}

/** An object that is filled when it is first asked for something. Where that fails, the next to ask tries again. */
function deferred(fill: ((exports: object) => object) | null): object {
  let made: object | null = null
  const filled = (): object => {
    made = fill!({})
    // With the bytes that it was made from.
    fill = null
    return made
  }
  return new Proxy({}, { get: (_target, name) => (made ?? filled())[name as keyof object] })
}
