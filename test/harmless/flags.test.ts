import { inRoot } from '../support/paths.ts'
import { comparePrograms } from './compare.ts'

const has = (flag: string) => process.allowedNodeEnvironmentFlags.has(flag)
const permission = has('--permission') ? '--permission' : '--experimental-permission'
const allowed = [permission, `--allow-fs-read=${inRoot('*')}`]

const everything = [
  ['--pending-deprecation', '--throw-deprecation'],
  ['--frozen-intrinsics'],
  ['--disable-proto=throw'],
  ['--disable-proto=delete'],
  ['--enable-source-maps'],
  ['--disallow-code-generation-from-strings'],
  ['--stack-trace-limit=0'],
  ['--jitless'],
  ['--stack-size=200'],
  ['--abort-on-uncaught-exception'],
  ['--enable-sharedarraybuffer-per-context'],
]

comparePrograms([
  ...everything.map(flags => ({ title: `everything runs alike with ${flags.join(' ')}`, script: 'everything.mjs', flags, masks: ['pid'] as const })),
  {
    title: `with ${permission} the same is refused, and the report goes where it may`,
    script: 'permitted.mjs',
    flags: [...allowed, '--allow-fs-write={reports}/*'],
    masks: ['pid'],
  },
  {
    title: `with ${permission} nothing is said where no report may be written and there is nothing to report`,
    script: 'permitted.mjs',
    flags: allowed,
    env: { LEAKWATCH_FORMAT: 'text', LEAKWATCH_OUTPUT: '' },
    masks: ['pid'],
    reports: 'none',
  },
  ...has('--no-async-context-frame') ? ['async-symbols', 'async-local-storage', 'async-hooks-promises'].map(name => (
    { title: `${name} is the same with --no-async-context-frame`, script: `${name}.mjs`, flags: ['--no-async-context-frame'] }
  )) : [],
])
