import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { watch } from '../../../lib/index.ts'

t.test('a look lists the sockets of the global agent once, however many lie idle', async t => {
  using w = watch({ types: ['net'] })
  const server = http.createServer((_request, response) => response.end()).listen(0, '0.0.0.0')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const { globalAgent } = http
  const { freeSockets } = globalAgent as { freeSockets: object }
  t.teardown(() => {
    Object.defineProperty(globalAgent, 'freeSockets', { value: freeSockets })
    globalAgent.destroy()
    server.close()
  })
  for (const host of ['127.0.0.1', '127.0.0.2', '127.0.0.3']) {
    const [response] = await once(http.get({ host, port }), 'response') as [http.IncomingMessage]
    await once(response.resume(), 'close')
  }
  let lists = 0
  const counted = new Proxy(freeSockets, { ownKeys: target => (lists++, Reflect.ownKeys(target)) })
  Object.defineProperty(globalAgent, 'freeSockets', { value: counted })
  const { resources } = w.snapshot()
  t.equal(resources.filter(({ pool }) => pool === 'http.globalAgent').length, 3)
  t.equal(lists, 1)
})
