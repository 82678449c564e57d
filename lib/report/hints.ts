import type { ReportGroup } from '../model/report.ts'
import type { Group, Kind } from '../model/resource.ts'
import { withoutVersion } from '../model/text/package-path.ts'
import { factsOf } from '../model/type-table.ts'
import type { Advised } from '../model/verdict.ts'
import { escaped } from './escape.ts'
import { isAccepted } from './frames.ts'
import { tagWords } from './tag-hints.ts'
import type { Words } from './words.ts'

const request = (noun: string, fix: string, plural = `${noun}s`): Words => ({ noun, plural, opened: 'started', fix })
const made = (noun: string, fix: string, plural = `${noun}s`): Words => ({ noun, plural, opened: 'made', fix })
const job = (what: string): Words => request(`${what} job`, 'Await it; it cannot be cancelled once it has started.')

/** A row for every type that the model knows. */
export const words: ReadonlyMap<string, Words> = new Map([
  ['fd', {
    noun: 'file descriptor',
    plural: 'file descriptors',
    opened: 'opened',
    fix: 'Close it with fs.closeSync(fd) or fs.close(fd) on every path, also when an error is thrown; destroy a stream that is not read or written to its end.',
  }],
  ['FILEHANDLE', {
    noun: 'file handle',
    plural: 'file handles',
    opened: 'opened',
    fix: 'Call await handle.close() in a finally block, or declare it with `await using` (Node 24 and later, or TypeScript).',
  }],
  ['DIRHANDLE', {
    noun: 'directory handle',
    plural: 'directory handles',
    opened: 'opened',
    fix: 'Read it to the end with `for await`, which closes it; otherwise call dir.close() or dir.closeSync() in a finally block.',
  }],
  ['TCPWRAP', {
    noun: 'TCP socket',
    plural: 'TCP sockets',
    opened: 'opened',
    fix: 'Call socket.destroy() when done with it, or socket.end() and read until the other side ends; read or cancel the body of an HTTP response, close an HTTP/2 session.',
  }],
  ['TCPSERVERWRAP', {
    noun: 'TCP server',
    plural: 'TCP servers',
    opened: 'started',
    fix: 'Call server.close(); an HTTP server also has server.closeAllConnections().',
  }],
  ['PIPEWRAP', {
    noun: 'pipe or Unix socket',
    plural: 'pipes or Unix sockets',
    opened: 'opened',
    fix: 'Call socket.destroy() when done with it; the pipes of a child process close as it ends, once they are read, its channel with child.disconnect().',
  }],
  ['PIPESERVERWRAP', {
    noun: 'Unix socket server',
    plural: 'Unix socket servers',
    opened: 'started',
    fix: 'Call server.close().',
  }],
  ['UDPWRAP', {
    noun: 'UDP socket',
    plural: 'UDP sockets',
    opened: 'created',
    fix: 'Call socket.close() when done with it.',
  }],
  ['TLSWRAP', {
    noun: 'TLS socket',
    plural: 'TLS sockets',
    opened: 'opened',
    fix: 'Call socket.destroy() when done with it, or socket.end() and read until the other side ends.',
  }],
  ['PROCESSWRAP', {
    noun: 'child process',
    plural: 'child processes',
    opened: 'started',
    fix: 'Wait for its exit event, or end it with child.kill(); child.unref() only lets go of it.',
  }],
  ['SIGNALWRAP', {
    noun: 'signal handler',
    plural: 'signal handlers',
    opened: 'added',
    fix: 'Remove the listener with process.off() when it is no longer needed.',
  }],
  ['WORKER', {
    noun: 'worker thread',
    plural: 'worker threads',
    opened: 'started',
    fix: 'Call await worker.terminate(), or let its own code come to an end.',
  }],
  ['MESSAGEPORT', {
    noun: 'message port',
    plural: 'message ports',
    opened: 'made',
    fix: 'Call port.close() when done with it, or remove its message listener.',
  }],
  ['FSEVENTWRAP', {
    noun: 'file watcher',
    plural: 'file watchers',
    opened: 'started',
    fix: 'Call watcher.close() when done with it, or give fs.watch() an abort signal.',
  }],
  ['STATWATCHER', {
    noun: 'file stat watcher',
    plural: 'file stat watchers',
    opened: 'started',
    fix: 'Call fs.unwatchFile() with the same path and listener.',
  }],
  ['Timeout', {
    noun: 'timer',
    plural: 'timers',
    opened: 'set',
    fix: 'Call clearTimeout() or clearInterval() when it is no longer needed.',
  }],
  ['Immediate', {
    noun: 'immediate',
    plural: 'immediates',
    opened: 'set',
    fix: 'Call clearImmediate() when it is no longer needed.',
  }],
  ['FSREQCALLBACK', request('file system request', 'Find what the call waits for: opening a FIFO, for one, waits for its other end.')],
  ['FSREQPROMISE', request('file system request', 'Await it, and find what it waits for: opening a FIFO, for one, waits for its other end.')],
  ['FILEHANDLECLOSEREQ', request('closing of a file handle', 'Await handle.close().', 'closings of file handles')],
  ['TCPCONNECTWRAP', request('TCP connection attempt', 'Give it a timeout with socket.setTimeout(), and destroy the socket when it fires.')],
  ['PIPECONNECTWRAP', request('Unix socket connection attempt', 'Destroy the socket to give the attempt up.')],
  ['GETADDRINFOREQWRAP', request('name lookup', 'Await it; it cannot be cancelled once it has started.')],
  ['GETNAMEINFOREQWRAP', request('reverse name lookup', 'Await it; it cannot be cancelled once it has started.')],
  ['SHUTDOWNWRAP', request('socket shutdown', 'Destroy the socket when the other side does not take what is left to send.')],
  ['WRITEWRAP', request('socket write', 'The other side does not read: heed the false that write() returns, or destroy the socket.', 'socket writes')],
  ['UDPSENDWRAP', request('UDP send', 'Await its callback before the socket is closed.')],
  ['HTTPCLIENTREQUEST', request('HTTP request', 'Call request.end(), and read the response to its end or destroy it; give the request a timeout or an abort signal.')],
  ['HTTPINCOMINGMESSAGE', request('incoming HTTP request', 'Answer it on every path, also when an error is thrown: response.end().')],
  ['HTTP2SESSION', {
    noun: 'HTTP/2 session',
    plural: 'HTTP/2 sessions',
    opened: 'opened',
    fix: 'Call session.close() when its streams are done, or session.destroy().',
  }],
  ['HTTP2STREAM', request('HTTP/2 stream', 'Read it to its end, or call stream.close(); a server answers it on every path.')],
  ['HTTP2PING', request('HTTP/2 ping', 'Await its callback, or destroy the session.')],
  ['HTTP2SETTINGS', request('HTTP/2 settings exchange', 'Await its callback, or destroy the session.')],
  ['ZLIB', made('compression stream', 'Call stream.end() and read it to its end, or stream.destroy(); stream.pipeline() does so on every path.')],
  ['TTYWRAP', { ...made('terminal stream', 'Call stream.destroy() when done with it.'), opened: 'opened' }],
  ['SIGINTWATCHDOG', made('SIGINT tracer', 'Node ends it with the process.')],
  ['QUERYWRAP', request('DNS query', 'Await it, or give it up with resolver.cancel().', 'DNS queries')],
  ['WORKERCPUPROFILE', request('CPU profile of a worker', 'Await it before the worker is terminated.', 'CPU profiles of workers')],
  ['WORKERCPUUSAGE', request('CPU usage request to a worker', 'Await it before the worker is terminated.', 'CPU usage requests to workers')],
  ['WORKERHEAPPROFILE', request('heap profile of a worker', 'Await it before the worker is terminated.', 'heap profiles of workers')],
  ['WORKERHEAPSNAPSHOT', request('heap snapshot of a worker', 'Await it before the worker is terminated.', 'heap snapshots of workers')],
  ['WORKERHEAPSTATISTICS', request('heap statistics request to a worker', 'Await it before the worker is terminated.', 'heap statistics requests to workers')],
  ['ARGON2REQUEST', job('argon2')],
  ['CHECKPRIMEREQUEST', job('prime check')],
  ['CIPHERREQUEST', job('cipher')],
  ['DERIVEBITSREQUEST', job('key derivation')],
  ['HASHREQUEST', job('hash')],
  ['KEYEXPORTREQUEST', job('key export')],
  ['KEYGENREQUEST', job('key generation')],
  ['KEYPAIRGENREQUEST', job('key pair generation')],
  ['PBKDF2REQUEST', job('PBKDF2')],
  ['RANDOMBYTESREQUEST', job('random bytes')],
  ['RANDOMPRIMEREQUEST', job('prime generation')],
  ['SCRYPTREQUEST', job('scrypt')],
  ['SIGNREQUEST', job('signing')],
  ['VERIFYREQUEST', job('signature check')],
  ['BLOBREADER', made('Blob reader', 'Read the Blob to its end, or cancel its stream.')],
  ['DNSCHANNEL', made('DNS resolver', 'Nothing: it is memory, and its queries end with resolver.cancel().')],
  ['ELDHISTOGRAM', made('event loop delay histogram', 'Call histogram.disable() when it is no longer needed.')],
  ['HEAPSNAPSHOT', made('heap snapshot stream', 'Read it to its end or destroy it.')],
  ['JSSTREAM', made('stream beneath TLS', 'Destroy the TLS socket above it.', 'streams beneath TLS')],
  ['JSUDPWRAP', made('UDP endpoint in JavaScript', 'Close the endpoint above it.', 'UDP endpoints in JavaScript')],
  ['LOCKS', made('lock manager', 'Nothing: it is memory.')],
  ['STREAMPIPE', made('stream pipe', 'Destroy either of its streams.')],
  ['tracked', {
    noun: 'tag',
    plural: 'tags',
    opened: 'opened',
    fix: 'Call tag.close() on every path, also when an error is thrown, or declare the tag with `using`.',
  }],
])

/** The words for a type; a tag, and what leakwatch has not met, goes by its own name. */
export function wordsFor(type: string, kind: Kind = 'async'): Words {
  if (kind === 'tracked') return tagWords.get(type) ?? { ...words.get(kind)!, noun: `${escaped(type)} tag`, plural: `${escaped(type)} tags` }
  const known = words.get(type)
  if (known !== undefined) return known
  const name = escaped(type)
  return { noun: `${name} resource`, plural: `${name} resources`, opened: 'created', fix: 'Close it when done with it.' }
}

/** `3 TCP sockets`, `1 accepted TCP socket` */
export function nounOf(group: ReportGroup, count: number): string {
  return nounFor(group.type, group.kind, isAccepted(group), count)
}

/** As `nounOf`, for what is in no group. */
export function nounFor(type: string, kind: Kind, isOfServer: boolean, count: number): string {
  const { noun, plural } = wordsFor(type, kind)
  return !isOfServer || type === 'HTTPINCOMINGMESSAGE' ? counted(count, noun, plural) : counted(count, `accepted ${noun}`, `accepted ${plural}`)
}

/** `1 leak`, `3 leaks` */
export function counted(count: number, singular: string, plural = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`
}

// The other end is a client that nobody may have in hand.
const acceptedFix = 'Call socket.destroy() on it, or server.closeAllConnections() of an HTTP server: server.close() alone waits for it to end. An HTTP/2 session ends with session.close().'
const socketTypes: ReadonlySet<string> = new Set(['TCPWRAP', 'PIPEWRAP', 'TLSWRAP'])

/** What to do about resources. */
export function hint({ type, verdict, kind = 'async', isAccepted = false, package: opener = null }: Advised): string {
  switch (verdict) {
    case 'active':
    case 'pending':
      if (isAccepted && socketTypes.has(type)) return acceptedFix
      return opener !== null && verdict === 'active' && isHeldByOpener(type) ? packageFix(type, opener) : wordsFor(type, kind).fix
    case 'collected':
      return `Do not leave it to the garbage collector. ${opener === null || !isHeldByOpener(type) ? wordsFor(type, kind).fix : packageFix(type, opener)}`
    case 'pooled':
      return 'Nothing: agent.destroy() closes the idle sockets of an http.Agent, those of fetch close by themselves after a few seconds.'
  }
}

// Of a package's users none has the socket itself in hand, but a client, a logger or a watcher.
function packageFix(type: string, opener: string): string {
  const name = escaped(withoutVersion(opener))
  const bare = type === 'fd' ? ', fs.close(fd) for a mere number' : ''
  const body = socketTypes.has(type) ? ', and read the body of an HTTP response to its end' : ''
  return `Close what ${name} gave you for it on every path: by its close(), end(), quit() or destroy()${bare}${body}. If it gave you nothing, it is for ${name} to close it.`
}

function isHeldByOpener(type: string): boolean {
  return type === 'HTTP2SESSION' || groupsOfHeld.has(factsOf(type)?.group ?? 'other')
}

const groupsOfHeld: ReadonlySet<Group> = new Set(['fs', 'net', 'process', 'watch'])
