import { once } from 'node:events'
import { Agent, createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { timed } from './timed.ts'

const count = 4_000
const inFlight = 10
const server = createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
const agent = new Agent({ keepAlive: true, maxSockets: inFlight })

const fetchOnce = () => new Promise<number>((resolve, reject) => {
  get({ port, host: '127.0.0.1', agent }, response => {
    let length = 0
    response.on('data', (chunk: Buffer) => { length += chunk.length })
    response.on('end', () => resolve(length))
  }).on('error', reject)
})

await timed({
  answer: count * 2,
  async run() {
    let length = 0
    const lane = async () => {
      for (let index = 0; index < count / inFlight; index++) {
        const received = await fetchOnce()
        length += received
      }
    }
    await Promise.all(Array.from({ length: inFlight }, lane))
    return length
  },
  async close() {
    agent.destroy()
    server.close()
  },
})
