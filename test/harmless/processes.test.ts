import { comparePrograms } from './compare.ts'

comparePrograms([
  { title: 'a cluster listens, answers and ends alike when the primary accepts', script: 'processes-cluster.cjs' },
  { title: 'a cluster listens, answers and ends alike when its workers accept', script: 'processes-cluster.cjs', args: ['shared'] },
  { title: 'a fork echoes, takes over a server and a socket, and children inherit nothing of ours', script: 'processes-forks.cjs', args: ['json'] },
  { title: 'a fork does so with advanced serialization too', script: 'processes-forks.cjs', args: ['advanced'] },
])
