import { comparePrograms } from './compare.ts'

comparePrograms([
  { title: 'globals, built-in objects, loaded modules and the performance timeline are the same', script: 'globals.mjs' },
  { title: 'the program\'s own clocks and timers are not used, and may be broken', script: 'globals-clock.mjs' },
  { title: 'what a program puts on Object.prototype harms neither it nor the recording', script: 'globals-polluted.cjs' },
  { title: 'built-in methods that the program replaced are not called while it runs', script: 'globals-patched.cjs' },
  { title: 'what the program drops is collected', script: 'globals-collected.mjs', flags: ['--expose-gc'] },
  { title: 'what a callback holds is collected as soon as it has run', script: 'globals-put-off.cjs', flags: ['--expose-gc'] },
  { title: 'an inspector session of the program sees the same', script: 'globals-inspected.mjs' },
])
