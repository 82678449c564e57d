import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { timed } from './timed.ts'

const count = 1_000
const server = createServer(socket => socket.end('x')).listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo

await timed({
  answer: count,
  async run() {
    let closed = 0
    for (let index = 0; index < count; index++) {
      const socket = connect(port, '127.0.0.1').resume()
      await once(socket, 'close')
      closed++
    }
    return closed
  },
  async close() {
    server.close()
  },
})
