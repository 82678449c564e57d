import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DatabaseServer, findCommand, freePort, host, launch, prepare, serverDirectory } from './server.ts'

/** A PostgreSQL with one empty database, for whoever knows the password. */
export async function startPostgres(): Promise<DatabaseServer> {
  const [user, password, database] = ['leakwatch', 'secret', 'postgres']
  const directory = serverDirectory('postgres')
  const data = join(directory, 'data')
  const passwordFile = join(directory, 'password')
  writeFileSync(passwordFile, password, { mode: 0o644 })
  const initdb = findCommand('initdb', 'postgresql')
  prepare(initdb, ['--no-sync', '--auth=scram-sha-256', `--username=${user}`, `--pwfile=${passwordFile}`, '-D', data], directory)
  const port = await freePort()
  const stop = await launch({
    command: [findCommand('postgres', 'postgresql'), '-D', data, '-p', String(port), '-c', `listen_addresses=${host}`, '-c', 'unix_socket_directories=', '-c', 'fsync=off'],
    directory,
    ready: 'database system is ready to accept connections',
    stopSignal: 'SIGINT',
  })
  return { host, port, user, password, database, stop }
}
