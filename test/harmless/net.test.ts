import { comparePrograms } from './compare.ts'

comparePrograms([
  { title: 'sockets tell of their life in the same order, however they end', script: 'net-round-trip.mjs' },
  { title: 'Unix sockets carry, refuse and leave no file', script: 'net-unix-sockets.mjs' },
])
