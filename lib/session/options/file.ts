import { dirname, join } from 'node:path'
import { existsSync, readFileSync } from '../../collect/taps/untapped.ts'
import { isObject, parseJson } from '../../model/text/json.ts'
import { type Env, fromStart } from './plan.ts'

/** What a file of options holds, before anybody looked whether it is valid. */
export interface OptionsFile {
  /** The file, and the key in it, for messages. */
  readonly source: string
  /** Where it lies: paths in it start there. */
  readonly directory: string
  readonly content: unknown
  /** Why it can't be read; null where it was. */
  readonly fault: string | null
}

/**
 * The file that `LEAKWATCH_CONFIG` names, as JSON; without it, the key `leakwatch` of the nearest package.json upwards that has one;
 * null where there is neither.
 */
export function findOptions(env: Env, cwd: string | null): OptionsFile | null {
  const named = env.LEAKWATCH_CONFIG?.trim()
  if (named !== undefined && named !== '') return askedFor(fromStart(named))
  if (cwd === null) return null
  for (let directory = cwd; ; directory = dirname(directory)) {
    const file = join(directory, 'package.json')
    const content = keyOf(file)
    if (content !== undefined) return { source: `${file}, key 'leakwatch'`, directory, content, fault: null }
    if (dirname(directory) === directory) return null
  }
}

function askedFor(file: string): OptionsFile {
  const from = { source: file, directory: dirname(file) }
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return { ...from, content: null, fault: `can't be read (${(error as Error).message})` }
  }
  try {
    return { ...from, content: parseJson(text), fault: null }
  } catch (error) {
    return { ...from, content: null, fault: `wants JSON (${(error as Error).message})` }
  }
}

// A package.json that is not there, or is not to be read, is no mistake.
function keyOf(file: string): unknown {
  try {
    // Asked first: an error costs more than the answer.
    if (!existsSync(file)) return undefined
    const text = readFileSync(file, 'utf8')
    if (!text.includes('"leakwatch"')) return undefined
    const content = parseJson(text)
    return isObject(content) ? content.leakwatch : undefined
  } catch {
    return undefined
  }
}
