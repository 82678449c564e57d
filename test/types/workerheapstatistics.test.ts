import { Worker } from 'node:worker_threads'
import t from 'tap'
import { detects } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

const skip = !('getHeapStatistics' in Worker.prototype) && 'this Node has no worker.getHeapStatistics()'

t.test('a request to a Worker for heap statistics is pending at its line until it is answered', { skip }, async t => {
  await detects(t, { script: fixture('types', 'worker-requests.mjs'), types: 'WORKERHEAPSTATISTICS', args: ['getHeapStatistics'] }, { type: 'WORKERHEAPSTATISTICS' })
})
