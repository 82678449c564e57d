import { dirname, resolve as absolute } from 'node:path'
import type { BaselineEntry } from '../../analyze/compare/baseline.ts'
import { chmodSync, getBuiltinModule, kill, readFileSync, readlinkSync, renameSync, rmSync, statSync, writeFileSync } from '../../collect/taps/untapped.ts'
import { nowMs, pause } from '../../model/clock.ts'
import { isObject, parseJson } from '../../model/text/json.ts'
import { textOf } from '../../model/text/thrown.ts'
import { realPath } from '../paths.ts'

const baselineSchema = 'leakwatch-baseline/1'

const patienceMs = 5_000
const pauseMs = 5
// A process that was killed leaves its lock behind. Whether it lives can be asked where it ran alone: elsewhere its number is another's.
const staleAfterMs = 10_000

/** What a file holds. */
export interface Content {
  readonly entries: readonly BaselineEntry[]
  /** What stands beside them, which is not ours. */
  readonly beside: Readonly<Record<string, unknown>>
  /** Changes with every writing; null where there is no file. */
  readonly stamp: string | null
}

/** @throws Error that says what is wrong with the file, and with which entry */
export function readBaseline(path: string): Content {
  const stamp = stampOf(path)
  if (stamp === null) return { entries: [], beside: {}, stamp }
  return { ...parsed(contentOf(path), path), stamp }
}

/**
 * Reads, changes and writes the file while no other process does, and hands back what it holds then. Who reads it meanwhile
 * finds the old one or the new one whole.
 * @throws Error where it can't be written, or another process does not finish
 */
export function changeBaseline(link: string, change: (content: Content) => readonly BaselineEntry[]): Content {
  const path = behind(realPath(link))
  const lock = `${path}.lock`
  takeLock(lock)
  const draft = `${path}.${process.pid}.draft`
  try {
    const before = readBaseline(path)
    const { beside } = before
    const entries = change(before)
    writeFileSync(draft, `${JSON.stringify({ schema: baselineSchema, ...beside, leaks: entries }, null, 2)}\n`)
    const mode = statSync(path, { throwIfNoEntry: false })?.mode
    if (mode !== undefined) chmodSync(draft, mode)
    renameSync(draft, path)
    return { entries, beside, stamp: stampOf(path) }
  } finally {
    rmSync(draft, { force: true })
    rmSync(lock, { force: true })
  }
}

// A link stays one, also where it leads to a file that is yet to be made.
function behind(path: string): string {
  try {
    return absolute(dirname(path), readlinkSync(path))
  } catch {
    return path
  }
}

function takeLock(lock: string): void {
  for (let waitedMs = 0; ; waitedMs += pauseMs) {
    try {
      writeFileSync(lock, holder(), { flag: 'wx' })
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    if (isStale(lock)) rmSync(lock, { force: true })
    else if (waitedMs >= patienceMs || !pause(pauseMs)) throw new Error(`another process does not let go of ${lock}`)
  }
}

function isStale(lock: string): boolean {
  const found = statSync(lock, { throwIfNoEntry: false })
  if (found === undefined) return false
  return nowMs() - found.mtimeMs > staleAfterMs || isOfTheDead(lock)
}

function holder(): string {
  return `${process.pid} ${getBuiltinModule('node:os').hostname()}\n`
}

function isOfTheDead(lock: string): boolean {
  const [pid = '', host] = heldBy(lock).trim().split(' ')
  if (!/^[1-9]\d*$/.test(pid) || host !== holder().trim().split(' ')[1]) return false
  try {
    kill(Number(pid), 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Error(`${path} can't be read (${textOf(error)})`, { cause: error })
  }
}

function heldBy(lock: string): string {
  try {
    return readFileSync(lock, 'utf8')
  } catch {
    // It was let go of meanwhile.
    return ''
  }
}

function stampOf(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true })
  return found === undefined ? null : `${found.ino} ${found.mtimeNs} ${found.size}`
}

const days = /^\d{4}-\d\d-\d\d$/

// The 30th of February is the 2nd of March.
function isDay(value: string): boolean {
  const at = new Date(`${value}T00:00:00.000Z`)
  return days.test(value) && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value)
}

interface Rule {
  readonly wants: string
  readonly holds: (value: unknown) => boolean
}

const text: Rule = { wants: 'a text that is not empty', holds: value => typeof value === 'string' && value !== '' }
const day: Rule = { wants: 'a day such as 2026-03-01', holds: value => typeof value === 'string' && isDay(value) }
const absent = (rule: Rule): Rule => ({ wants: rule.wants, holds: value => value === undefined || rule.holds(value) })

const rules: Readonly<Record<keyof BaselineEntry, Rule>> = {
  fingerprint: { wants: 'sixteen hexadecimal digits', holds: value => typeof value === 'string' && /^[0-9a-f]{16}$/.test(value) },
  type: text,
  site: text,
  count: { wants: 'a whole number from 1 on', holds: value => Number.isSafeInteger(value) && (value as number) > 0 },
  reason: text,
  firstSeen: day,
  until: absent(day),
  programs: absent({ wants: 'an array of texts', holds: value => Array.isArray(value) && value.every(text.holds) }),
}

function parsed(content: string, path: string): Pick<Content, 'entries' | 'beside'> {
  let value: unknown
  try {
    value = parseJson(content)
  } catch (error) {
    throw new Error(`${path} wants JSON (${textOf(error)})`, { cause: error })
  }
  const { schema, leaks, ...beside } = isObject(value) ? value : {}
  if (schema !== baselineSchema || !Array.isArray(leaks)) throw new Error(`${path} wants { "schema": "${baselineSchema}", "leaks": [...] }`)
  const met = new Set<unknown>()
  const entries = leaks.map((entry: unknown, index) => {
    const where = `${path}, leaks[${index}]`
    if (!isObject(entry)) throw new Error(`${where} wants an object`)
    for (const [name, { wants, holds }] of Object.entries(rules)) {
      if (!holds(entry[name])) throw new Error(`${where}: '${name}' wants ${wants}, but is ${JSON.stringify(entry[name]) ?? 'missing'}`)
    }
    const unknown = Object.keys(entry).find(name => !Object.hasOwn(rules, name))
    if (unknown !== undefined) throw new Error(`${where}: '${unknown}' is no field of an entry. Valid are ${Object.keys(rules).join(', ')}`)
    if (met.has(entry.fingerprint)) throw new Error(`${where}: fingerprint ${String(entry.fingerprint)} is listed twice`)
    met.add(entry.fingerprint)
    return entry as unknown as BaselineEntry
  })
  return { entries, beside }
}
