import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DatabaseServer, findCommand, freePort, host, launch, prepare, serverDirectory } from './server.ts'

/** A MariaDB with one empty database, for whoever knows the password. */
export async function startMariadb(): Promise<DatabaseServer> {
  const [user, password, database] = ['leakwatch', 'secret', 'leakwatch']
  const directory = serverDirectory('mariadb')
  const data = join(directory, 'data')
  const setUp = join(directory, 'set-up.sql')
  // A statement a line.
  const statements = [`create database ${database}`, `create user ${user}@'%' identified by '${password}'`, `grant all on ${database}.* to ${user}@'%'`]
  writeFileSync(setUp, statements.map(statement => `${statement};\n`).join(''), { mode: 0o644 })
  prepare(findCommand('mariadb-install-db', 'mariadb-server'), ['--no-defaults', '--auth-root-authentication-method=normal', '--skip-test-db', `--datadir=${data}`], directory)
  const port = await freePort()
  const stop = await launch({
    command: [
      findCommand('mariadbd', 'mariadb-server'), '--no-defaults', `--datadir=${data}`, `--init-file=${setUp}`, `--socket=${join(directory, 'socket')}`,
      `--bind-address=${host}`, `--port=${port}`, '--skip-name-resolve', '--innodb-flush-log-at-trx-commit=0',
    ],
    directory,
    ready: 'ready for connections',
    stopSignal: 'SIGTERM',
  })
  return { host, port, user, password, database, stop }
}
