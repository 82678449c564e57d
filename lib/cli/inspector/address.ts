import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { textOf } from '../../model/text/thrown.ts'
import { misused } from '../line/args.ts'

/** Where the inspector of a process listens. */
export interface Inspector {
  readonly url: string
  /** Whether it was opened for us. */
  readonly isOpened: boolean
}

const patienceMs = 5_000
const pauseMs = 50
const usualPort = 9229
const listening = '0A'
const sigusr1 = 10

/**
 * The inspector of a process: by the address that it listens at, or by its pid, at a signal on which Node opens it.
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT` where there is no such process, or it can't be asked
 */
export async function inspectorOf(target: string): Promise<Inspector> {
  if (/^[1-9]\d*$/.test(target)) return await openedIn(Number(target))
  if (!/^(?:[\w.-]+|\[[\da-f:]+\]):\d+$/i.test(target)) throw misused(`leakwatch attach wants the pid of a process, or the address of its inspector such as 127.0.0.1:${usualPort}, but was given '${target}'.`)
  const url = await urlAt(target)
  if (url === null) throw misused(`no inspector of Node answers at ${target}. A process opens its own by --inspect, or when it is sent SIGUSR1.`)
  return { url, isOpened: false }
}

async function openedIn(pid: number): Promise<Inspector> {
  if (process.platform !== 'linux') throw misused(`a process can't be attached to by its pid on ${process.platform}. Open its inspector with kill -USR1 ${pid}, and give its address: leakwatch attach 127.0.0.1:${usualPort}`)
  requireReady(pid)
  const before = portsOf(pid)
  const asked = portsAskedBy(pid).find(port => before.includes(port))
  try {
    process.kill(pid, 'SIGUSR1')
  } catch (error) {
    throw misused(`process ${pid} can't be sent SIGUSR1 (${textOf(error)}).`)
  }
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pauseMs) {
    for (const port of portsOf(pid)) {
      if (before.includes(port)) continue
      const url = await urlAt(`127.0.0.1:${port}`)
      if (url !== null) return { url, isOpened: true }
    }
    // One that is open already opens no other. Of what else the process listens at, nothing is asked.
    const url = asked === undefined ? null : await urlAt(`127.0.0.1:${asked}`)
    if (url !== null) return { url, isOpened: false }
    await sleep(pauseMs)
  }
  throw misused(`process ${pid} has opened no inspector at SIGUSR1: its port may be taken, or the program listens to that signal. Give the address of one that is open: leakwatch attach 127.0.0.1:${usualPort}`)
}

/** Resolves once an inspector that is being closed has gone: one that came back for it at once would find its port taken. */
export async function goneFrom({ url }: Inspector): Promise<void> {
  const { host } = new URL(url)
  for (let waitedMs = 0; waitedMs < patienceMs && await urlAt(host) !== null; waitedMs += pauseMs) await sleep(pauseMs)
}

// A process that does not catch the signal would be ended by it.
function requireReady(pid: number): void {
  let status: string
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    throw misused(`there is no process ${pid}.`)
  }
  const caught = BigInt(`0x${/^SigCgt:\s*([\da-f]+)/m.exec(status)?.[1] ?? '0'}`)
  const name = /^Name:\s*(.*)/m.exec(status)?.[1] ?? ''
  if ((caught >> BigInt(sigusr1 - 1) & 1n) === 1n && isNode(pid)) return
  throw misused(`process ${pid} (${name}) is no Node, or opens no inspector at SIGUSR1, which would end it. Start it with --inspect, and give the address: leakwatch attach 127.0.0.1:${usualPort}`)
}

// By its executable: a program may give itself another name.
function isNode(pid: number): boolean {
  return linkAt(`/proc/${pid}/exe`)?.includes('node') === true
}

// The port that its command line has for the inspector, and the usual one.
function portsAskedBy(pid: number): readonly number[] {
  const port = /\0--inspect(?:-brk|-wait|-port)?=(?:[^\0]*:)?(\d+)/.exec(textIn(`/proc/${pid}/cmdline`))?.[1]
  return port === undefined ? [usualPort] : [Number(port), usualPort]
}

// The ports of the sockets that listen in a process.
function portsOf(pid: number): readonly number[] {
  const sockets = new Set(descriptorsOf(pid).map(fd => linkAt(`/proc/${pid}/fd/${fd}`)))
  return ['tcp', 'tcp6'].flatMap(name => textIn(`/proc/${pid}/net/${name}`).split('\n').slice(1))
    .map(line => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === listening && sockets.has(`socket:[${inode}]`))
    .map(([, local]) => Number.parseInt(local!.slice(local!.lastIndexOf(':') + 1), 16))
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
