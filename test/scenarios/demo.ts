// `npm run demo`: two programs that use up every descriptor, watched as a user would watch them.
import { spawnSync } from 'node:child_process'
import { fixture, registerUrl } from '../support/paths.ts'

const limit = 1024

const shows = [
  { program: 'exhaust-open-sync.mjs', flags: [], says: 'A loop opens a file and never closes it, until no descriptor is left.' },
  { program: 'exhaust-collected.mjs', flags: ['--no-warnings'], says: 'The same with file handles that are dropped: the garbage collector closes them, whenever it likes to.' },
]

for (const { program, flags, says } of shows) {
  console.log(`\n${says}\n\n  $ ulimit -n ${limit}\n  $ node ${['--import leakwatch/register', ...flags, program].join(' ')}\n`)
  const node = [process.execPath, '--import', registerUrl, ...flags, fixture('scenarios', program)]
  const { error } = spawnSync('/bin/sh', ['-c', `ulimit -n ${limit}; exec "$@"`, 'sh', ...node], { stdio: 'inherit' })
  if (error !== undefined) throw error
}
console.log('\nBoth reports name the line that opened what nobody closed; that is the line to mend.')
