import { comparePrograms } from './compare.ts'

comparePrograms([
  { title: 'hooks of the program are told of the same resources in the same order', script: 'async-hooks.mjs' },
  { title: 'calls make as many promises, ticks and timers', script: 'async-hooks-promises.mjs' },
  { title: 'hooks of the program are switched inside hooks, and an error in one ends the process', script: 'async-hooks-toggled.cjs', masks: ['hook frames'] },
  { title: 'executionAsyncResource carries what the program put on it', script: 'async-execution-resource.mjs' },
  { title: 'an AsyncLocalStorage of the program reaches every callback', script: 'async-local-storage.mjs' },
  { title: 'timers, sockets, handles and requests carry no symbol of ours', script: 'async-symbols.mjs' },
  { title: 'resources of the program that are named like Node\'s are left alone', script: 'async-named-like-node.mjs', flags: ['--expose-gc'] },
  { title: 'callbacks of ticks are not looked into', script: 'async-ticks.mjs' },
  { title: 'ticks, microtasks and completions come in the same order', script: 'async-order.mjs' },
])
