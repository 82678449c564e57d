// The other side of clients under test: HTTP, WebSocket and socket.io on one port, which it prints. It ends with its standard input.
import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import { Server as SocketServer } from 'socket.io'
import { WebSocketServer } from 'ws'

const large = 'a line\n'.repeat(200_000)
const routes = {
  '/json': (request, response) => response.setHeader('content-type', 'application/json').end('{"answer":42}'),
  '/large': (request, response) => response.end(large),
  '/gzip': (request, response) => response.setHeader('content-encoding', 'gzip').end(gzipSync('zipped')),
  '/redirect': (request, response) => response.writeHead(302, { location: '/json' }).end(),
  '/echo': (request, response) => request.pipe(response.setHeader('content-type', request.headers['content-type'] ?? 'text/plain')),
  '/never': () => {},
}

const server = createServer((request, response) => {
  const route = routes[new URL(request.url, 'http://origin').pathname]
  if (route) route(request, response)
  else response.writeHead(404).end('no such page')
})
const sockets = new WebSocketServer({ noServer: true })
server.on('upgrade', (request, socket, head) => {
  if (request.url === '/socket') sockets.handleUpgrade(request, socket, head, client => client.on('message', data => client.send(data, { binary: false })))
  else if (!request.url.startsWith('/socket.io/')) socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
})
new SocketServer(server, { destroyUpgrade: false })
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.stdin.on('end', () => process.exit()).resume()
