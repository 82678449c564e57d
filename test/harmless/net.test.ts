import { comparePrograms } from './compare.ts'

comparePrograms([
  { title: 'listen refuses the same arguments and receivers, with the same errors', script: 'net-listen-arguments.cjs' },
  { title: 'servers, sockets and their native handles keep their keys, names and flags', script: 'net-properties.mjs' },
  { title: 'what a subclass of Server or Socket overrides is called as often', script: 'net-subclasses.cjs' },
  { title: 'sockets tell of their life in the same order, however they end', script: 'net-round-trip.mjs' },
  { title: 'Unix sockets carry, refuse and leave no file', script: 'net-unix-sockets.mjs' },
])
