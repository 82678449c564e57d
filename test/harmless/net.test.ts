import { comparePrograms } from './compare.ts'

comparePrograms([
  { title: 'listen refuses the same arguments and receivers, with the same errors', script: 'net-listen-arguments.cjs' },
  { title: 'servers, sockets and their native handles keep their keys, names and flags', script: 'net-properties.mjs' },
  { title: 'what a subclass of Server or Socket overrides is called as often', script: 'net-subclasses.cjs' },
  { title: 'sockets tell of their life in the same order, however they end', script: 'net-round-trip.mjs' },
  { title: 'Unix sockets carry, refuse and leave no file', script: 'net-unix-sockets.mjs' },
  { title: 'datagrams go round alike', script: 'dgram-round-trip.mjs' },
  { title: 'an http.Agent pools, hands out and drops the same sockets', script: 'http-round-trip.mjs' },
  { title: 'TLS and HTTPS go round alike', script: 'tls-round-trip.mjs' },
  { title: 'HTTP/2 goes round alike, with and without TLS', script: 'http2-round-trip.mjs' },
  { title: 'fetch keeps its descriptor, name and errors, and can be replaced, deleted and defined', script: 'fetch-properties.mjs' },
  { title: 'fetch answers, redirects, fails, is aborted and is cancelled alike', script: 'fetch-round-trip.mjs' },
  { title: 'Node tells of the same active handles and requests', script: 'net-active-resources.mjs' },
])
