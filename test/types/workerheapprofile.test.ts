import { Worker } from 'node:worker_threads'
import t from 'tap'
import { detects } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

const skip = !('startHeapProfile' in Worker.prototype) && 'this Node has no worker.startHeapProfile()'

t.test('a request to a Worker for a heap profile is pending at its line until it is answered', { skip }, async t => {
  await detects(t, { script: fixture('types', 'worker-requests.mjs'), types: 'WORKERHEAPPROFILE', args: ['startHeapProfile'] }, { type: 'WORKERHEAPPROFILE' })
})
