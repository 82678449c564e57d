import { comparePrograms } from './compare.ts'

comparePrograms([
  { title: 'what is tapped in fs keeps its name, length, flags, keys and promisified form', script: 'fs-properties.mjs' },
  { title: 'arguments that fs refuses are refused with the same errors', script: 'fs-refused-arguments.cjs' },
  { title: 'errors of open and close are the same: thrown, called back and rejected', script: 'fs-errors.mjs' },
  { title: 'promisified open and close settle alike, and a promisify.custom put on them is used', script: 'fs-promisify.mjs' },
  { title: 'open and close work with any receiver, as constructors, bound and proxied', script: 'fs-receivers.cjs' },
  { title: 'init stacks through open and close are the same but for our own frames', script: 'fs-frames.cjs', masks: ['own frames', 'hook frames'] },
  { title: 'fs can be frozen', script: 'fs-frozen.cjs' },
  { title: 'taps of the program on fs lie over ours and are taken back', script: 'fs-tapped-by-the-program.cjs' },
  { title: 'functions of fs that the program replaced are not called by the report', script: 'fs-replaced.mjs' },
  { title: 'subclasses of ReadStream and WriteStream are constructed, opened and closed alike', script: 'fs-stream-subclasses.cjs' },
  { title: 'file streams tell of their life in the same order', script: 'fs-stream-order.mjs' },
  { title: 'a FileHandle has the same keys, closers and ticks, in JavaScript and inside Node', script: 'fs-filehandle.mjs' },
  { title: 'a FileHandle that is dropped gets Node\'s warning or crash', script: 'fs-filehandle-dropped.mjs', flags: ['--expose-gc'], masks: ['pid', 'fd'] },
  { title: 'a FileHandle is posted to another thread', script: 'fs-filehandle-transferred.mjs' },
  { title: 'directories are opened, iterated and closed alike', script: 'fs-directories.mjs' },
  { title: 'a program that uses up its descriptors gets the same errors and recovers', script: 'fs-descriptors-exhausted.mjs', shell: 'ulimit -n 64 && exec "$@"' },
  { title: 'what opens files by way of open and close returns and fails alike', script: 'fs-callers.mjs' },
  { title: 'a program that is out of stack while it opens learns so itself', script: 'fs-out-of-stack.mjs' },
  { title: 'what opens where the stack is nearly full is given its number', script: 'fs-deepest.mjs' },
])
