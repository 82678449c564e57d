import { type Call, tapMethod } from '../taps/method.ts'
import type { End, FsTracking } from './fs-tracking.ts'

const classes: Readonly<Record<string, string>> = {
  ReadStream: 'fs.ReadStream', FileReadStream: 'fs.ReadStream', WriteStream: 'fs.WriteStream', FileWriteStream: 'fs.WriteStream',
}

/** A stream of a file, until it is destroyed, which it is at its end too. One of a descriptor or FileHandle ends what it was given. */
export function followStream(tracking: FsTracking, stream: object, kind: string, call: Pick<Call, 'args' | 'below'>): void {
  const [, options] = call.args
  const { fd, autoClose = true } = (typeof options === 'object' && options !== null ? options : {}) as { readonly fd?: unknown, readonly autoClose?: boolean }
  const isOthers = fd !== undefined && fd !== null
  if (isOthers && (typeof fd !== 'number' || !autoClose || !tracking.hasDescriptor(fd))) return
  const end = isOthers ? () => tracking.endDescriptor(fd) : tracking.open(tracking.begin(kind, call), stream)
  tracking.attempt(() => {
    // Streams of memfs close their descriptors by themselves, and are destroyed by nobody.
    for (const name of ['_destroy', 'close']) {
      tapMethod(stream, name, ({ proceed }) => {
        const result = proceed()
        end()
        return result
      })
    }
    if (!isOthers && !autoClose) followOpen(tracking, stream, end)
  })
}

// One that is to leave its descriptor open is not destroyed where it could open none, and whoever knows the number closes that.
function followOpen(tracking: FsTracking, stream: object, end: End): void {
  tapMethod(stream, 'emit', ({ args: [event, fd], proceed }) => {
    if (event === 'open' && typeof fd === 'number') tracking.adoptDescriptor(fd, end)
    else if (event === 'error' && typeof Reflect.get(stream, 'fd') !== 'number') end()
    return proceed()
  })
}

/** The classes of a file system's streams, whose instances are followed; an instance of one is one of the original's. */
export function streamClasses(tracking: FsTracking, fs: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(classes).flatMap(([name, kind]) => {
    const original: unknown = Reflect.get(fs, name)
    return typeof original === 'function' ? [[name, followedClass(tracking, original, kind)]] : []
  }))
}

function followedClass(tracking: FsTracking, original: Function, kind: string): Function {
  const construct = (target: Function, args: unknown[], newTarget: Function): object => {
    const stream = Reflect.construct(target, args, newTarget === followed ? target : newTarget) as object
    followStream(tracking, stream, kind, { args, below: construct })
    return stream
  }
  // Node's may be called without new.
  const apply = (target: Function, receiver: unknown, args: unknown[]): unknown => {
    const stream: unknown = Reflect.apply(target, receiver, args)
    if (typeof stream === 'object' && stream !== null) followStream(tracking, stream, kind, { args, below: apply })
    return stream
  }
  const followed: Function = new Proxy(original, { construct, apply })
  return followed
}
