import { findCommand, freePort, host, launch, type Server, serverDirectory } from './server.ts'

/** A Redis that keeps nothing. */
export async function startRedis(): Promise<Server> {
  const directory = serverDirectory('redis')
  const port = await freePort()
  const stop = await launch({
    command: [findCommand('redis-server', 'redis-server'), '--bind', host, '--port', String(port), '--save', '', '--appendonly', 'no'],
    directory,
    ready: 'Ready to accept connections',
    stopSignal: 'SIGTERM',
  })
  return { host, port, stop }
}
