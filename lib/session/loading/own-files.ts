/** A file of ours, whole. */
export interface OwnFile {
  readonly bytes: Buffer
  readonly changedAtMs: number
}

/** @throws {Error} what the system answers. */
export type ReadOwn = (path: string) => OwnFile

/** What reads files of ours, by functions of Node as they are now: by the time that it is called, the program may have put others in their place. */
export function ownFiles(builtin: typeof process.getBuiltinModule): ReadOwn {
  // Not readFileSync, which calls functions of node:fs by what the program has put there.
  const { closeSync, fstatSync, openSync, readSync } = builtin('node:fs')
  const { from, allocUnsafeSlow } = Buffer
  const { apply } = Reflect
  const { SharedArrayBuffer } = globalThis as { readonly SharedArrayBuffer?: SharedArrayBufferConstructor }
  // Shared memory does not bring on V8's collector, which counts what else lies beside its heap. V8 may be told to have none.
  const memory = SharedArrayBuffer === undefined ? allocUnsafeSlow : (size: number) => apply(from, Buffer, [new SharedArrayBuffer(size)]) as Buffer
  return path => {
    const fd = openSync(path, 'r')
    try {
      const { mtimeMs: changedAtMs, size } = fstatSync(fd)
      const bytes = memory(size)
      if (readSync(fd, bytes, 0, size, null) !== size) throw new Error(`${path} was cut short while it was read.`)
      return { bytes, changedAtMs }
    } finally {
      closeSync(fd)
    }
  }
}
