import { comparePrograms } from './compare.ts'

comparePrograms([
  { title: 'listeners of the end are called in the same order, and nothing after them', script: 'exit-order.mjs' },
  { title: 'listeners of the end see the same exit code', script: 'exit-order.mjs', args: ['3'] },
  {
    title: 'every way to end gives the same exit code',
    script: 'exit-codes.cjs',
    flags: ['--stack-trace-limit=30'],
    shell: 'for way in $(seq 0 21); do "$@" $way; echo "ended with $?"; done',
    masks: ['own frames'],
  },
  { title: 'ten listeners of the end are not one too many', script: 'exit-ten-listeners.mjs', masks: ['pid'] },
  { title: 'a top-level await that never settles ends the process alike', script: 'exit-unsettled.mjs' },
  ...['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'].map(signal => ({ title: `${signal} kills the process by default`, script: 'signals.cjs', args: [signal], reports: 'none' as const })),
  { title: 'SIGPIPE does nothing', script: 'signals.cjs', args: ['SIGPIPE'] },
  { title: 'the program\'s own signal handlers are called alike', script: 'signals.cjs', args: ['own'] },
  { title: 'a signal handler that is taken away gives the default back', script: 'signals.cjs', args: ['back'], reports: 'none' },
])
