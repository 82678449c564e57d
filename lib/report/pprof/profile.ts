import { escaped } from '../escape.ts'
import { Message } from './wire.ts'

export interface ProfileFacts {
  /** What each sample counts; readers show the last unless they are asked for another. */
  readonly counted: readonly string[]
  readonly program: string
  readonly takenAtMs: number
  readonly comments: readonly string[]
}

export interface Sample {
  /** As `stackOf` gives it. */
  readonly stack: readonly number[]
  /** One for each that is counted. */
  readonly counts: readonly number[]
  /** Texts, and spans of time in milliseconds; null where there is nothing to tell. */
  readonly labels: Readonly<Record<string, string | number | null>>
}

export interface ProfileFrame {
  readonly function: string
  readonly file: string
  /** 0 where it is unknown. */
  readonly line: number
  readonly column: number
}

// Fields by their numbers in profile.proto of google/pprof.
const inProfile = { sampleType: 1, sample: 2, mapping: 3, location: 4, function: 5, text: 6, timeNanos: 9, periodType: 11, period: 12, comment: 13, defaultSampleType: 14 }
const inValueType = { type: 1, unit: 2 }
const inSample = { locationId: 1, value: 2, label: 3 }
const inLabel = { key: 1, text: 2, number: 3, unit: 4 }
const inMapping = { id: 1, filename: 5, hasFunctions: 7, hasFilenames: 8, hasLineNumbers: 9 }
const inLocation = { id: 1, mappingId: 2, line: 4 }
const inLine = { functionId: 1, line: 2, column: 3 }
const inFunction = { id: 1, name: 2, systemName: 3, filename: 4 }

const mappingId = 1

/** A profile as perftools.profiles.Profile, which grows sample by sample; what samples have in common is written once. */
export class Profile {
  readonly #message = new Message()
  readonly #texts = new Map<string, number>([['', 0]])
  readonly #functions = new Map<string, number>()
  readonly #lines = new Map<string, number>()

  constructor({ counted, program, takenAtMs, comments }: ProfileFacts) {
    const types = counted.map(type => new Message().number(inValueType.type, this.#text(type)).number(inValueType.unit, this.#text('count')))
    for (const type of types) this.#message.message(inProfile.sampleType, type)
    this.#message
      .number(inProfile.defaultSampleType, this.#text(counted.at(-1)!))
      .message(inProfile.periodType, types[0]!)
      .number(inProfile.period, 1)
      .big(inProfile.timeNanos, BigInt(takenAtMs) * 1_000_000n)
    // Without a mapping pprof misses a binary; in one that has everything it looks nothing up.
    const { id, filename, hasFunctions, hasFilenames, hasLineNumbers } = inMapping
    this.#message.message(inProfile.mapping, new Message()
      .number(id, mappingId).number(filename, this.#text(program)).number(hasFunctions, 1).number(hasFilenames, 1).number(hasLineNumbers, 1))
    for (const comment of comments) this.#message.number(inProfile.comment, this.#text(comment))
  }

  /** A stack for samples, from its leaf on. */
  stackOf(frames: readonly ProfileFrame[]): readonly number[] {
    return frames.map(frame => this.#lineOf(frame))
  }

  add({ stack, counts, labels }: Sample): void {
    const sample = new Message().numbers(inSample.locationId, stack).numbers(inSample.value, counts)
    for (const [key, value] of Object.entries(labels)) {
      if (value === null) continue
      const label = new Message().number(inLabel.key, this.#text(key))
      if (typeof value === 'string') label.number(inLabel.text, this.#text(value))
      else label.number(inLabel.number, value).number(inLabel.unit, this.#text('milliseconds'))
      sample.message(inSample.label, label)
    }
    this.#message.message(inProfile.sample, sample)
  }

  /** The whole of it; nothing may be added after that. */
  finish(): Uint8Array {
    for (const text of this.#texts.keys()) this.#message.text(inProfile.text, text)
    return this.#message.bytes
  }

  #text(content: string): number {
    return numberOf(this.#texts, escaped(content), 0)
  }

  #lineOf(frame: ProfileFrame): number {
    const { line, column } = frame
    const functionId = this.#functionOf(frame)
    const known = this.#lines.size
    const id = numberOf(this.#lines, `${functionId}:${line}:${column}`, 1)
    if (this.#lines.size > known) {
      this.#message.message(inProfile.location, new Message().number(inLocation.id, id).number(inLocation.mappingId, mappingId)
        .message(inLocation.line, new Message().number(inLine.functionId, functionId).number(inLine.line, line).number(inLine.column, column)))
    }
    return id
  }

  #functionOf({ function: name, file }: ProfileFrame): number {
    const known = this.#functions.size
    const id = numberOf(this.#functions, JSON.stringify([name, file]), 1)
    if (this.#functions.size > known) {
      const text = this.#text(name)
      this.#message.message(inProfile.function, new Message()
        .number(inFunction.id, id).number(inFunction.name, text).number(inFunction.systemName, text).number(inFunction.filename, this.#text(file)))
    }
    return id
  }
}

/** The number of a key in a table, in which it is put where it is not yet. */
function numberOf(table: Map<string, number>, key: string, first: number): number {
  const known = table.get(key)
  if (known !== undefined) return known
  const number = table.size + first
  table.set(key, number)
  return number
}
