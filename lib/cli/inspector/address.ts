import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { basename } from 'node:path'
import { textOf } from '../../model/text/thrown.ts'
import { misused } from '../line/args.ts'

/** Where the inspector of a process listens. */
export interface Inspector {
  readonly url: string
  /** The pid that the process has for itself, where it was asked for by its pid; null otherwise. */
  readonly pid: number | null
  /** Whether it was opened for us. */
  readonly isOpened: boolean
}

const patienceMs = 10_000
const pauseMs = 50
const usualPort = 9229
const listening = '0A'
const sigusr1 = 10

/**
 * The inspector of a process: by the address that it listens at, or by its pid, at a signal on which Node opens it.
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT` where there is no such process, or it can't be asked
 */
export async function inspectorOf(target: string): Promise<Inspector> {
  if (/^\d+$/.test(target)) return await openedIn(Number(target))
  if (!/^(?:[\w.-]+|\[[\da-f:]+\]):\d+$/i.test(target)) throw misused(`leakwatch attach wants the pid of a process, or the address of its inspector such as 127.0.0.1:${usualPort}, but was given '${target}'.`)
  const url = await urlAt(target)
  if (url === null) throw misused(`no inspector of Node answers at ${target}. A process opens its own by --inspect, or when it is sent SIGUSR1.`)
  return { url, pid: null, isOpened: false }
}

async function openedIn(pid: number): Promise<Inspector> {
  if (process.platform !== 'linux') throw misused(`a process can't be attached to by its pid on ${process.platform}. Open its inspector with kill -USR1 ${pid}, and give its address: leakwatch attach 127.0.0.1:${usualPort}`)
  const own = requireReady(pid)
  const before = listenersOf(pid)
  const asked = portsAskedBy(pid)
  const candidates = before.filter(({ port }) => asked.includes(port))
  try {
    process.kill(pid, 'SIGUSR1')
  } catch (error) {
    throw misused(`process ${pid} can't be sent SIGUSR1 (${textOf(error)}).`)
  }
  const known = new Set(before.map(({ inode }) => inode))
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pauseMs) {
    // Whatever began to listen is asked once.
    for (const { address, inode } of listenersOf(pid)) {
      const url = known.has(inode) ? null : await urlAt(address)
      known.add(inode)
      if (url !== null) return { url, pid: own, isOpened: true }
    }
    // One that is open already opens no other. Of what else the process listens at, nothing is asked.
    const { address } = candidates.shift() ?? {}
    const url = address === undefined ? null : await urlAt(address)
    if (url !== null) return { url, pid: own, isOpened: false }
    await sleep(pauseMs)
  }
  throw misused(`process ${pid} has opened no inspector at SIGUSR1: it is open at another port already, its port is taken, the program listens to that signal, or is busy and opens it later. Give the address of one that is open: leakwatch attach 127.0.0.1:${usualPort}`)
}

/** Resolves once an inspector that is being closed has gone: one that came back for it at once would find its port taken. */
export async function goneFrom({ url }: Inspector): Promise<void> {
  const { host } = new URL(url)
  for (let waitedMs = 0; waitedMs < patienceMs && await urlAt(host) !== null; waitedMs += pauseMs) await sleep(pauseMs)
}

// A process that does not catch the signal would be ended by it. Returns the pid that it has for itself.
function requireReady(pid: number): number {
  const status = textIn(`/proc/${pid}/status`)
  if (status === '') throw misused(isRunning(pid) ? `process ${pid} can't be looked at: /proc does not show it.` : `there is no process ${pid}.`)
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)`, 'm').exec(status)?.[1] ?? ''
  const state = field('State')
  if (state.startsWith('Z')) throw misused(`process ${pid} has ended.`)
  if (/^[Tt]/.test(state)) throw misused(`process ${pid} is stopped. Let it go on first: kill -CONT ${pid}`)
  const executable = linkAt(`/proc/${pid}/exe`)
  if (executable === null) throw misused(`process ${pid} (${field('Name')}) can't be looked at: it belongs to another user.`)
  if (linkAt(`/proc/${pid}/ns/net`) !== linkAt('/proc/self/ns/net')) throw misused(`process ${pid} (${field('Name')}) has a network of its own, as in a container: attach to it from within.`)
  const isCaught = (BigInt(`0x${field('SigCgt') || '0'}`) >> BigInt(sigusr1 - 1) & 1n) === 1n
  if (!isCaught || !basename(executable).includes('node')) throw misused(`process ${pid} (${field('Name')}) is no Node, or opens no inspector at SIGUSR1, which would end it. Start it with --inspect, and give the address: leakwatch attach 127.0.0.1:${usualPort}`)
  return Number(field('NSpid').split(/\s+/).at(-1) || pid)
}

// Where /proc is not mounted, or hides what belongs to others (hidepid).
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

// The port that its command line has for the inspector, and the usual one.
function portsAskedBy(pid: number): readonly number[] {
  const port = /\0--inspect(?:-brk|-wait|-port)?=(?:[^\0]*:)?(\d+)/.exec(textIn(`/proc/${pid}/cmdline`))?.[1]
  return port === undefined ? [usualPort] : [Number(port), usualPort]
}

interface Listener {
  readonly port: number
  readonly address: string
  readonly inode: string
}

// The sockets that listen in a process.
function listenersOf(pid: number): readonly Listener[] {
  const sockets = new Set(descriptorsOf(pid).map(fd => linkAt(`/proc/${pid}/fd/${fd}`)))
  return ([['tcp', '127.0.0.1'], ['tcp6', '[::1]']] as const).flatMap(([name, host]) => textIn(`/proc/${pid}/net/${name}`).split('\n').slice(1)
    .map(line => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === listening && sockets.has(`socket:[${inode}]`))
    .map(([, local, , , , , , , , inode]) => {
      const port = Number.parseInt(local!.slice(local!.lastIndexOf(':') + 1), 16)
      return { port, address: `${host}:${port}`, inode: inode! }
    }))
}

function descriptorsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`)
  } catch (error) {
    throw misused(`process ${pid} can't be looked at (${textOf(error)}).`)
  }
}

// One that was closed since leads nowhere.
function linkAt(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}

function textIn(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

async function urlAt(address: string): Promise<string | null> {
  try {
    const response = await fetch(`http://${address}/json/list`, { signal: AbortSignal.timeout(patienceMs) })
    const [target] = await response.json() as readonly { readonly webSocketDebuggerUrl?: string }[]
    return target?.webSocketDebuggerUrl ?? null
  } catch {
    return null
  }
}
