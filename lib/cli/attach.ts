import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { WatchOptions } from '../model/settings/settings.ts'
import type { Report } from '../model/report.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { isLeakwatchError } from '../model/errors.ts'
import { textOf } from '../model/text/thrown.ts'
import { escapedJson } from '../report/escape.ts'
import { tell } from '../session/say.ts'
import { codeOf } from './child.ts'
import { goneFrom, type Inspector, inspectorOf } from './inspector/address.ts'
import { InspectorSession, type RemoteObject } from './inspector/session.ts'
import { type Attached, beginWatch, closeInspector, endWatch, facts, makeReport, takenOf, takeSnapshot } from './inspector/target.ts'
import { type Given, misused } from './line/args.ts'
import { commands } from './line/commands.ts'
import { variablesOf } from './line/variables.ts'
import { print } from './print.ts'
import { mannerOf, tellAll } from './telling.ts'

const defaultSeconds = 10
const secondsLimit = 24 * 3_600
// How much longer than asked for a process is recorded whose snapshot nobody comes for.
const graceMs = 60_000
const patienceMs = 30_000
const pauseMs = 20

/**
 * Tells what a process that runs has open: all that it opened, where leakwatch recorded it already, else what it opens in some seconds from now.
 * @param home URL of the folder of the entries
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT`
 */
export async function attach(given: Given, home: URL): Promise<number> {
  const { values, words: [target, ...more] } = given
  if (target === undefined || more.length > 0) throw misused(`leakwatch attach wants one process: leakwatch ${commands.attach.usage}`)
  const manner = mannerOf(given)
  const types = values.get('types')
  if (types !== undefined) variablesOf(new Map([['types', types]]))
  const seconds = secondsOf(values.get('for'))
  // Node 20 has it behind a flag.
  if (!('WebSocket' in globalThis)) return await codeOf({ command: process.execPath, args: ['--experimental-websocket', '--no-warnings', ...process.argv.slice(1)], env: {} })
  const asked: Asked = { folder: fileURLToPath(home), seconds, options: { settleMs: 0, ...types === undefined ? {} : { types: types.split(',').map(type => type.trim()).filter(type => type !== '') } } }
  if (values.has('snapshot')) {
    print(`${escapedJson(JSON.stringify(await askedOf<Snapshot>(target, asked, takeSnapshot)))}\n`)
    return 0
  }
  // The program runs on, as after a signal: what it has open may well be in use.
  return tellAll([{ ...await askedOf<Report>(target, asked, makeReport), reason: 'signal' }], manner)
}

interface Asked {
  readonly folder: string
  readonly options: WatchOptions
  /** Null for the default. */
  readonly seconds: number | null
}

async function askedOf<T extends Report | Snapshot>(target: string, { folder, options, seconds }: Asked, take: (this: Attached) => undefined): Promise<T> {
  const inspector = await inspectorOf(target)
  let session: InspectorSession | null = null
  try {
    session = await InspectorSession.open(inspector.url)
    const attached = await session.evaluate(beginWatch, [folder, options, (seconds ?? defaultSeconds) * 1_000 + graceMs, inspector.isOpened])
    const { pid, isShared } = await session.call(attached, facts)
    if (!isShared || seconds !== null) await pause(seconds ?? defaultSeconds, pid, session.closed)
    await session.call(attached, take)
    const taken = await takenBy(session, attached)
    await session.call(attached, endWatch)
    return taken as T
  } catch (error) {
    if (isLeakwatchError(error)) throw error
    throw misused(`process ${target} can't be attached to: ${textOf(error)}`)
  } finally {
    if (session !== null) await left(session, inspector)
  }
}

async function takenBy(session: InspectorSession, attached: RemoteObject): Promise<Report | Snapshot> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pauseMs) {
    const taken = await session.call(attached, takenOf)
    if (taken !== null && 'error' in taken) throw new Error(taken.error)
    if (taken !== null) return taken.value
    await sleep(pauseMs)
  }
  throw new Error(`its event loop has not turned for ${patienceMs / 1000} s.`)
}

async function left(session: InspectorSession, inspector: Inspector): Promise<void> {
  const isToClose = inspector.isOpened && !session.closed.aborted
  // One that is gone by now has closed it, too.
  if (isToClose) await session.evaluate(closeInspector, []).catch(() => {})
  session[Symbol.dispose]()
  if (isToClose) await goneFrom(inspector)
}

async function pause(seconds: number, pid: number, closed: AbortSignal): Promise<void> {
  const interrupted = new AbortController()
  const interrupt = () => interrupted.abort()
  process.once('SIGINT', interrupt)
  tell(`process ${pid} is recorded from here on. Its report comes in ${seconds} s, or at Ctrl-C.`)
  try {
    await sleep(seconds * 1_000, undefined, { signal: AbortSignal.any([interrupted.signal, closed]) })
  } catch {
    // Sooner than asked for: what there is by now is told.
  } finally {
    process.removeListener('SIGINT', interrupt)
  }
}

function secondsOf(given: string | undefined): number | null {
  if (given === undefined) return null
  const seconds = /^\d+(\.\d+)?$/.test(given) ? Number(given) : NaN
  if (seconds <= secondsLimit) return seconds
  throw misused(`--for wants seconds, from 0 to ${secondsLimit}, but was given '${given}'.`)
}
