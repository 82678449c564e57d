import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { WatchOptions } from '../model/settings/settings.ts'
import type { Report } from '../model/report.ts'
import { isLeakwatchError } from '../model/errors.ts'
import { textOf } from '../model/text/thrown.ts'
import { escapedJson } from '../report/escape.ts'
import { readConfig } from '../session/options/config.ts'
import { readEnv } from '../session/options/env.ts'
import { tell } from '../session/say.ts'
import { codeOf } from './child.ts'
import { goneFrom, type Inspector, inspectorOf } from './inspector/address.ts'
import { InspectorSession, type RemoteObject } from './inspector/session.ts'
import { type Attached, beginWatch, closeInspector, endWatch, facts, makeReport, takenOf, takeSnapshot } from './inspector/target.ts'
import { flagged, type Given, misused } from './line/args.ts'
import { commands } from './line/commands.ts'
import { variablesOf } from './line/variables.ts'
import { print } from './print.ts'
import { savedIn } from './saved.ts'
import { mannerOf, reportOf, tellAll } from './telling.ts'

const defaultSeconds = 10
const defaultBudget = '5%'
const secondsLimit = 24 * 3_600
const defaultAgeMs = 500
// How long a process is recorded whose report nobody comes for, and how often that is renewed.
const limitMs = 30_000
const renewalMs = 5_000
const patienceMs = 30_000
const pauseMs = 20
const goodbyeMs = 1_000
const interrupts = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Tells what a process that runs has open: all that it opened, where leakwatch recorded it already, else what it opens in some seconds from now.
 * @param home URL of the folder of the entries
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT`
 */
export async function attach(given: Given, home: URL): Promise<number> {
  const { values, words: [target, ...more] } = given
  if (target === undefined || more.length > 0) throw misused(`leakwatch attach wants one process: leakwatch ${commands.attach.usage}`)
  const useless = values.has('snapshot') ? ['format', 'exit-code', 'min-age'].find(flag => values.has(flag)) : undefined
  if (useless !== undefined) throw misused(`--snapshot prints all that is open, as JSON: ${flagged(useless)} means nothing there. Leave it out.`)
  const manner = mannerOf(given)
  const options = optionsOf(values)
  const seconds = secondsOf('for', values.get('for'))
  const age = secondsOf('min-age', values.get('min-age'))
  // Of a moment that is no longer than that, half.
  const ageMs = age === null ? Math.min(defaultAgeMs, (seconds ?? defaultSeconds) * 500) : age * 1_000
  // Node 20 has it behind a flag.
  if (!('WebSocket' in globalThis)) return await codeOf({ command: process.execPath, args: ['--experimental-websocket', '--no-warnings', ...process.argv.slice(1)], env: {} })
  const asked: Asked = { folder: fileURLToPath(home), seconds, options, ageMs }
  if (values.has('snapshot')) {
    print(`${escapedJson(await jsonOf(target, asked, takeSnapshot))}\n`)
    return 0
  }
  // The program runs on, as after a signal: what it has open may well be in use.
  const found: Report = { ...reportOf(savedIn(`the report of process ${target}`, await jsonOf(target, asked, makeReport))), reason: 'signal' }
  return tellAll([withoutYoung(found, ageMs)], manner)
}

// The process may be a busy one.
function optionsOf(values: Given['values']): WatchOptions {
  const types = values.get('types')
  const variables = variablesOf(new Map([['mode', 'adaptive'], ['budget', values.get('budget') ?? defaultBudget], ...types === undefined ? [] : [['types', types] as const]]))
  const { mode, budget } = readEnv(variables, readConfig(null)).settings
  return { mode, budget, settleMs: 0, ...types === undefined ? {} : { types: types.split(',').map(type => type.trim()).filter(type => type !== '') } }
}

interface Asked {
  readonly folder: string
  readonly options: WatchOptions
  readonly ageMs: number
  /** Null for the default. */
  readonly seconds: number | null
}

async function jsonOf(target: string, { folder, options, ageMs, seconds }: Asked, take: (this: Attached) => undefined): Promise<string> {
  const inspector = await inspectorOf(target)
  let session: InspectorSession | null = null
  let attached: RemoteObject | null = null
  try {
    session = await InspectorSession.open(inspector.url)
    attached = await session.evaluate(beginWatch, { folder, options, ageMs, pid: inspector.pid, isOpened: inspector.isOpened, limitMs })
    const { pid, isShared } = await session.call(attached, facts)
    if (!isShared || seconds !== null) await pause(session, attached, { pid, isShared, seconds: seconds ?? defaultSeconds })
    await session.call(attached, take)
    return await taken(session, attached)
  } catch (error) {
    if (isLeakwatchError(error)) throw error
    throw misused(`${inspector.pid === null ? 'the process at' : 'process'} ${target} can't be attached to: ${textOf(error)}.`)
  } finally {
    if (session !== null) await left(session, attached, inspector)
    // One that was stopped, or is no Node, does not answer the end of a session, and a WebSocket can't be broken off.
    setTimeout(() => process.exit(), goodbyeMs).unref()
  }
}

async function taken(session: InspectorSession, attached: RemoteObject): Promise<string> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pauseMs) {
    const found = await session.call(attached, takenOf)
    if (found !== null && 'error' in found) throw new Error(found.error)
    if (found !== null) return found.json
    await sleep(pauseMs)
  }
  throw new Error(`its event loop has not turned for ${patienceMs / 1_000} s`)
}

// Whatever went wrong; of a process that has ended nothing is left.
async function left(session: InspectorSession, attached: RemoteObject | null, inspector: Inspector): Promise<void> {
  const isToClose = inspector.isOpened && !session.closed.aborted
  try {
    if (attached !== null) await session.call(attached, endWatch)
    if (isToClose) await session.evaluate(closeInspector, null)
  } catch {
    // It ends the watch by itself, should it go on.
  }
  session[Symbol.dispose]()
  if (isToClose) await goneFrom(inspector)
}

interface Pause {
  readonly pid: number
  readonly isShared: boolean
  readonly seconds: number
}

async function pause(session: InspectorSession, attached: RemoteObject, { pid, isShared, seconds }: Pause): Promise<void> {
  const interrupted = new AbortController()
  const signal = AbortSignal.any([interrupted.signal, session.closed])
  const interrupt = () => interrupted.abort()
  for (const each of interrupts) process.once(each, interrupt)
  tell(`process ${pid} ${isShared ? 'was recorded before' : 'is recorded from here on'}. Its report comes in ${seconds} s, or at Ctrl-C.`)
  try {
    for (let restMs = seconds * 1_000; restMs > 0; restMs -= renewalMs) {
      await sleep(Math.min(restMs, renewalMs), undefined, { signal })
      await session.call(attached, takenOf)
    }
  } catch (error) {
    // Sooner than asked for: what there is by now is told.
    if (!signal.aborted) throw error
  } finally {
    for (const each of interrupts) process.removeListener(each, interrupt)
  }
}

// What was opened a moment ago is mostly in use. Of a group with more resources than are listed the young ones were left out in the process.
function withoutYoung(found: Report, ageMs: number): Report {
  const leaks = found.leaks.flatMap(group => {
    const old = group.resources.filter(resource => resource.ageMs >= ageMs)
    if (old.length === group.resources.length) return [group]
    return old.length === 0 ? [] : [{ ...group, count: old.length, resources: old }]
  })
  return { ...found, leaks }
}

function secondsOf(flag: string, given: string | undefined): number | null {
  if (given === undefined) return null
  const seconds = /^(?:\d+\.?|\d*\.\d+)$/.test(given) ? Number(given) : NaN
  if (seconds <= secondsLimit) return seconds
  throw misused(`${flagged(flag)} wants seconds, from 0 to ${secondsLimit}, but was given '${given}'.`)
}
