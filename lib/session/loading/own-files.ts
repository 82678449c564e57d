/** A file of ours, whole. */
export interface OwnFile {
  readonly bytes: Buffer
  readonly changedAtMs: number
}

/** Each throws what the system answers. */
export interface OwnFiles {
  read(path: string): OwnFile
  /** What a file holds twice; null where its halves differ. */
  readTwice(path: string): OwnFile | null
}

const chunkBytes = 8192

/** What reads files of ours, by functions of Node as they are now: by the time that it is called, the program may have put others in their place. */
export function ownFiles(builtin: typeof process.getBuiltinModule): OwnFiles {
  // Not readFileSync, which calls functions of node:fs by what the program has put there.
  const { closeSync, fstatSync, openSync, readSync } = builtin('node:fs')
  const { allocUnsafeSlow } = Buffer
  const { compare } = Buffer.prototype
  const { apply } = Reflect

  const reading = <T>(path: string, run: (fd: number, size: number, changedAtMs: number) => T): T => {
    const fd = openSync(path, 'r')
    try {
      const { mtimeMs, size } = fstatSync(fd)
      return run(fd, size, mtimeMs)
    } finally {
      closeSync(fd)
    }
  }
  const readInto = (fd: number, bytes: Buffer, length: number): void => {
    if (readSync(fd, bytes, 0, length, null) !== length) throw new Error('A file was cut short while it was read.')
  }

  return {
    read: path => reading(path, (fd, size, changedAtMs) => {
      const bytes = allocUnsafeSlow(size)
      readInto(fd, bytes, size)
      return { bytes, changedAtMs }
    }),
    readTwice: path => reading(path, (fd, size, changedAtMs) => {
      if (size === 0 || size % 2 !== 0) return null
      const bytes = allocUnsafeSlow(size / 2)
      readInto(fd, bytes, bytes.length)
      // In pieces, since memory beside its heap brings on V8's collector.
      const chunk = allocUnsafeSlow(Math.min(chunkBytes, bytes.length))
      for (let at = 0; at < bytes.length; at += chunk.length) {
        const length = Math.min(chunk.length, bytes.length - at)
        readInto(fd, chunk, length)
        if (apply(compare, chunk, [bytes, at, at + length, 0, length]) !== 0) return null
      }
      return { bytes, changedAtMs }
    }),
  }
}
