import type { BaselineEntry } from '../../analyze/compare/baseline.ts'
import { chmodSync, closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from '../../collect/taps/untapped.ts'
import { nowMs, pause } from '../../model/clock.ts'
import { realPath } from '../real-path.ts'

export const baselineSchema = 'leakwatch-baseline/1'

const patienceMs = 5_000
const pauseMs = 5
// A process that was killed leaves its lock behind.
const staleAfterMs = 10_000

/** What a file holds. */
export interface Content {
  readonly entries: readonly BaselineEntry[]
  /** Changes with every writing; null where there is no file. */
  readonly stamp: string | null
}

/** @throws Error that says what is wrong with the file, and with which entry */
export function readBaseline(path: string): Content {
  const stamp = stampOf(path)
  if (stamp === null) return { entries: [], stamp }
  return { entries: parsed(readFileSync(path, 'utf8'), path), stamp }
}

/**
 * Reads, changes and writes the file while no other process does, and hands back what it holds then. Who reads it meanwhile
 * finds the old one or the new one whole.
 * @throws Error where it can't be written, or another process does not finish
 */
export function changeBaseline(link: string, change: (content: Content) => readonly BaselineEntry[]): Content {
  // A link stays one.
  const path = realPath(link)
  const lock = `${path}.lock`
  takeLock(lock)
  const draft = `${path}.${process.pid}.draft`
  try {
    const entries = change(readBaseline(path))
    writeFileSync(draft, `${JSON.stringify({ schema: baselineSchema, leaks: entries }, null, 2)}\n`)
    const mode = statSync(path, { throwIfNoEntry: false })?.mode
    if (mode !== undefined) chmodSync(draft, mode)
    renameSync(draft, path)
    return { entries, stamp: stampOf(path) }
  } finally {
    rmSync(draft, { force: true })
    rmSync(lock, { force: true })
  }
}

function takeLock(lock: string): void {
  for (let waitedMs = 0; ; waitedMs += pauseMs) {
    try {
      closeSync(openSync(lock, 'wx'))
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
  return found !== undefined && nowMs() - found.mtimeMs > staleAfterMs
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

function parsed(content: string, path: string): readonly BaselineEntry[] {
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch (error) {
    throw new Error(`${path} wants JSON (${(error as Error).message})`, { cause: error })
  }
  const { schema, leaks } = (isObject(value) ? value : {}) as { schema?: unknown, leaks?: unknown }
  if (schema !== baselineSchema || !Array.isArray(leaks)) throw new Error(`${path} wants { "schema": "${baselineSchema}", "leaks": [...] }`)
  const met = new Set<unknown>()
  return leaks.map((entry: unknown, index) => {
    const where = `${path}, leaks[${index}]`
    if (!isObject(entry)) throw new Error(`${where} wants an object`)
    for (const [name, { wants, holds }] of Object.entries(rules)) {
      if (!holds(entry[name])) throw new Error(`${where}: '${name}' wants ${wants}, but is ${JSON.stringify(entry[name]) ?? 'missing'}`)
    }
    const unknown = Object.keys(entry).find(name => !(name in rules))
    if (unknown !== undefined) throw new Error(`${where}: '${unknown}' is no field of an entry. Valid are ${Object.keys(rules).join(', ')}`)
    if (met.has(entry.fingerprint)) throw new Error(`${where}: fingerprint ${String(entry.fingerprint)} is listed twice`)
    met.add(entry.fingerprint)
    return entry as unknown as BaselineEntry
  })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
