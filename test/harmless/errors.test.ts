import { comparePrograms } from './compare.ts'

const limits = ['zero', 'one', 'infinity', 'text', 'deleted', 'frozen', 'read-only', 'accessor', 'replaced']
const modes = ['strict', 'warn', 'none', 'throw', 'warn-with-error-code']

comparePrograms([
  {
    title: 'errors that nobody catches end a process alike, wherever they are thrown',
    script: 'errors-uncaught.cjs',
    flags: ['--stack-trace-limit=30'],
    shell: 'for way in $(seq 0 28); do "$@" $way; echo "ended with $?"; done',
    masks: ['own frames', 'hook frames'],
  },
  { title: 'handlers and watchers of uncaught errors are called alike', script: 'errors-handled.cjs' },
  { title: 'an error in the handler of errors ends the process alike', script: 'errors-handled.cjs', args: ['badly'], masks: ['own frames'] },
  { title: 'errors reach their domain', script: 'errors-domains.cjs' },
  { title: 'the program\'s own Error.prepareStackTrace and captureStackTrace are called for its own errors alone', script: 'errors-prepared.cjs' },
  ...limits.map(limit => ({ title: `an Error.stackTraceLimit that is ${limit} stays so`, script: 'errors-limit.cjs', args: [limit] })),
  ...modes.map(mode => ({ title: `unhandled rejections in mode ${mode} warn or end alike`, script: 'errors-rejection-modes.mjs', flags: [`--unhandled-rejections=${mode}`], masks: ['pid'] as const })),
  { title: 'errors of mapped sources show the same lines', script: 'errors-mapped.mjs', flags: ['--enable-source-maps'], masks: ['hook frames'] },
])
