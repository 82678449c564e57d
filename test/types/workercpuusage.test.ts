import { Worker } from 'node:worker_threads'
import t from 'tap'
import { detects } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

const skip = !('cpuUsage' in Worker.prototype) && 'this Node has no worker.cpuUsage()'

t.test('a request to a Worker for the CPU usage is pending at its line until it is answered', { skip }, async t => {
  await detects(t, { script: fixture('types', 'worker-requests.mjs'), types: 'WORKERCPUUSAGE', args: ['cpuUsage'] }, { type: 'WORKERCPUUSAGE' })
})
