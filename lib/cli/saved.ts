import { readFileSync } from 'node:fs'
import { isLeakwatchError } from '../model/errors.ts'
import { isObject, parseJson } from '../model/text/json.ts'
import { type Report, reportSchema } from '../model/report.ts'
import { type Snapshot, snapshotSchema } from '../model/snapshot.ts'
import { textOf } from '../model/text/thrown.ts'
import { misused } from './line/args.ts'

const stdin = 0
// What is told as it is, unlike texts, wherever it stands.
const numbers: ReadonlySet<string> = new Set([
  'accounted', 'ageMs', 'app', 'asyncId', 'borne', 'boundary', 'captured', 'collectedAtMs', 'column', 'count', 'dropped', 'fd', 'firstAtMs', 'limit', 'line', 'openedAtMs', 'pid', 'ppid',
  'runtime', 'skipped', 'takenAtMs', 'threadId', 'triggerAsyncId', 'uptimeMs', 'used', 'user',
])
// In a misuse these are sites.
const numbersOrSites: ReadonlySet<string> = new Set(['closed', 'open', 'opened'])

/** What a file holds. */
export type Saved = Report | Snapshot

/**
 * A report or snapshot that was saved as JSON; `-` is standard input.
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT`
 */
export function readSaved(file: string): Saved {
  const name = file === '-' ? 'standard input' : file
  return savedIn(name, textIn(name, file === '-' ? stdin : file))
}

/**
 * A report or snapshot as it was saved.
 * @param name Of what holds it
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT`
 */
export function savedIn(name: string, text: string): Saved {
  const content = parsed(name, text)
  const schema = isObject(content) ? content.schema : undefined
  const lists = listsOf(schema)
  if (lists === null || !isObject(content)) throw misused(`${name} wants a report (${reportSchema}) or a snapshot (${snapshotSchema}) as JSON, but holds ${typeof schema === 'string' ? `'${schema}'` : 'neither'}.`)
  const missing = ['process', ...lists].find(field => field === 'process' ? !isObject(content.process) : !Array.isArray(content[field])) ?? noNumberIn(content)
  if (missing !== undefined) throw misused(`${name} is no whole ${String(schema)}: '${missing}' is missing, or of another type.`)
  return content as unknown as Saved
}

/**
 * Tells what files hold. They are looked at no closer than it takes to tell them apart: where something is missing deep inside, that is said here.
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT`
 */
export function whole<T>(files: readonly string[], tell: () => T): T {
  try {
    return tell()
  } catch (error) {
    if (isLeakwatchError(error)) throw error
    throw misused(`${files.join(' and ')} can't be told: something in it is missing, or of another type (${textOf(error)}).`)
  }
}

export function isSnapshot(saved: Saved): saved is Snapshot {
  return saved.schema === snapshotSchema
}

function listsOf(schema: unknown): readonly string[] | null {
  if (schema === reportSchema) return ['faults', 'leaks', 'pending', 'pooled', 'known', 'matchers', 'alive', 'misuses']
  return schema === snapshotSchema ? ['faults', 'sites', 'roots', 'resources', 'closing', 'misuses'] : null
}

/** The first field with something else in the place of a number; undefined where there is none. */
function noNumberIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, field] of Object.entries(value)) {
    const isNumber = field === null || typeof field === 'number'
    if (numbers.has(name) ? !isNumber : numbersOrSites.has(name) && !isNumber && !isObject(field)) return name
    const within = noNumberIn(field)
    if (within !== undefined) return within
  }
  return undefined
}

function textIn(name: string, file: string | number): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw misused(`${name} can't be read (${textOf(error)}).`)
  }
}

function parsed(name: string, text: string): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    throw misused(`${name} wants JSON (${textOf(error)}).`)
  }
}
