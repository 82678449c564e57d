import { comparePrograms } from './compare.ts'

comparePrograms([
  { title: 'process has the same keys, flags and listeners, and require.cache holds nothing of ours', script: 'process-properties.mjs' },
  { title: 'taps of the program on every emitter and on process.emit see what they saw', script: 'process-emit-patched.cjs' },
  { title: 'a tap of the program on process.reallyExit sees what it saw', script: 'process-emit-patched.cjs', args: ['exit'] },
  { title: 'process.chdir stays what it was, or what the program made of it', script: 'process-chdir.mjs' },
  { title: 'methods of process that the program replaced are not called', script: 'process-replaced.cjs' },
  { title: 'a program in which there is no process any more ends as it did', script: 'process-gone.cjs' },
  { title: 'another process in the place of the global one is not asked for anything', script: 'process-swapped.cjs' },
  { title: 'process can be frozen', script: 'process-frozen.mjs' },
])
