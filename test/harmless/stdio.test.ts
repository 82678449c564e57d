import { comparePrograms } from './compare.ts'

const closed = [
  { what: 'standard output', how: '>&-' },
  { what: 'standard error', how: '2>&-' },
  { what: 'standard input', how: '<&-' },
  { what: 'every standard stream', how: '<&- >&- 2>&-' },
]

comparePrograms([
  ...closed.map(({ what, how }) => ({ title: `a program runs alike where its parent closed ${what}`, script: 'stdio-writes.mjs', shell: `"$@" ${how}; code=$?; cat told; exit $code` })),
  { title: 'output to files is the same', script: 'stdio-writes.mjs', shell: '"$@" >out 2>err; code=$?; cat told out err; exit $code' },
  { title: 'output to a full device fails alike', script: 'stdio-writes.mjs', shell: '"$@" >/dev/full; code=$?; cat told; exit $code' },
  { title: 'a program learns of a reader that is gone', script: 'stdio-broken-pipe.mjs', shell: '{ "$@"; echo "ended with $?" >&2; } | head -n 2' },
  { title: 'more than a pipe holds is written to its end', script: 'stdio-large.mjs' },
  { title: 'standard input is read line by line', script: 'stdio-input.mjs', stdin: 'one\ntwo' },
  { title: 'standard input is read at once', script: 'stdio-input.mjs', args: ['sync'], stdin: 'one\ntwo\n' },
])
