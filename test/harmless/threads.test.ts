import { comparePrograms } from './compare.ts'

comparePrograms([
  { title: 'workers from files end, exit, throw, hang and are terminated alike', script: 'threads-files.mjs' },
  { title: 'messages and transfer lists are read as often, and workers from text are the same', script: 'threads-eval.cjs' },
  { title: 'hooks on the loader see the same modules', script: 'threads-hooked.mjs', masks: ['pid'] },
])
