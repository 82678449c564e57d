// A server of another make, on loopback, in a temporary directory, until it is stopped: for tests of clients against the real thing.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where clients reach a server, and how it ends. */
export interface Server {
  readonly host: string
  readonly port: number
  /** Resolves when the process has ended and its directory is gone. */
  readonly stop: () => Promise<void>
}

export interface DatabaseServer extends Server {
  readonly user: string
  readonly password: string
  readonly database: string
}

export interface Launch {
  readonly command: readonly string[]
  readonly directory: string
  /** What the server says, on either stream, once it takes connections. */
  readonly ready: string
  /** Asks for a quick and orderly end. */
  readonly stopSignal: NodeJS.Signals
}

export const host = '127.0.0.1'

// PostgreSQL and MariaDB refuse to run as root.
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}

/** Starts a server that was prepared, and resolves when it takes connections. */
export async function launch({ command: [file = '', ...args], directory, ready, stopSignal }: Launch): Promise<() => Promise<void>> {
  const child = spawn(file, args, { ...nobody, cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(stopSignal)
      await once(child, 'exit')
    }
    process.removeListener('exit', kill)
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    await says(child, ready)
  } catch (error) {
    await stop()
    throw error
  }
  return stop
}

function says(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    const listen = (chunk: string) => {
      said += chunk
      if (said.includes(text)) resolve()
    }
    for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding('utf8').on('data', listen)
    child.on('error', reject)
    child.on('close', code => { reject(new Error(`${child.spawnfile} ended with ${code} before it was ready:\n${said}`)) })
  })
}

/** Runs a command that prepares a server, as the user that the server runs as. */
export function prepare(file: string, args: readonly string[], directory: string): void {
  execFileSync(file, args, { ...nobody, cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** A new directory that belongs to the user that servers run as. */
export function serverDirectory(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), `leakwatch-${name}-`))
  if (nobody.uid !== undefined) chownSync(directory, nobody.uid, nobody.gid)
  return directory
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Path of a server's command; its Debian package is installed where it is missing. */
export function findCommand(name: string, debianPackage: string): string {
  const found = search(name)
  if (found !== undefined) return found
  const apt = (...args: readonly string[]) => execFileSync('apt-get', [...args], { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
  apt('-qq', 'update')
  apt('-qq', 'install', '--yes', '--no-install-recommends', debianPackage)
  const installed = search(name)
  if (installed === undefined) throw new Error(`${debianPackage} is installed and has no ${name}`)
  return installed
}

// PostgreSQL's lie in a folder of their own for each major version.
function search(name: string): string | undefined {
  const postgres = '/usr/lib/postgresql'
  const versions = existsSync(postgres) ? readdirSync(postgres).toSorted((a, b) => Number(b) - Number(a)) : []
  const folders = [...versions.map(version => join(postgres, version, 'bin')), ...(process.env.PATH ?? '').split(':'), '/usr/sbin']
  return folders.map(folder => join(folder, name)).find(existsSync)
}
