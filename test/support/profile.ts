// Profiles of perftools.profiles, read by a library that is not ours, with what they refer to spelled out.
import { Profile } from 'pprof-format'

type Numeric = number | bigint

export interface DecodedSample {
  /** `function file:line:column`, the leaf first. */
  readonly frames: readonly string[]
  /** By what is counted. */
  readonly values: Readonly<Record<string, number>>
  readonly labels: Readonly<Record<string, string>>
}

/** Throws where something refers to nothing, or stands in a table twice. */
export function profileOf(bytes: Uint8Array) {
  const profile = Profile.decode(bytes)
  const { strings } = profile.stringTable
  if (strings[0] !== '') throw new Error('the first string is not empty')
  once(strings)
  const text = (index: Numeric) => found(strings[Number(index)], `string ${index}`)
  const functions = new Map(once(profile.function.map(({ id }) => id)).map((id, index) => [id, profile.function[index]!]))
  const places = new Map(once(profile.location.map(({ id }) => id)).map((id, index) => [id, profile.location[index]!]))
  const [mapping] = profile.mapping
  const frame = (id: Numeric) => {
    const { line: lines, mappingId } = found(places.get(id), `location ${id}`)
    if (mappingId !== mapping!.id || lines.length !== 1) throw new Error(`location ${id} lies in mapping ${mappingId} and has ${lines.length} lines`)
    const { functionId, line, column } = lines[0]!
    const { name, filename } = found(functions.get(functionId), `function ${functionId}`)
    return `${text(name)} ${text(filename)}:${line}:${column}`
  }
  const typeOf = ({ type, unit }: { readonly type: Numeric, readonly unit: Numeric }) => `${text(type)}/${text(unit)}`
  const types = profile.sampleType.map(({ type }) => text(type))
  return {
    types: profile.sampleType.map(typeOf),
    shown: text(profile.defaultSampleType),
    periodType: typeOf(profile.periodType!),
    period: profile.period,
    takenAtNs: profile.timeNanos,
    program: text(mapping!.filename),
    comments: profile.comment.map(text),
    samples: profile.sample.map(({ locationId, value, label }): DecodedSample => {
      if (value.length !== types.length) throw new Error(`a sample has ${value.length} values of ${types.length}`)
      return {
        frames: locationId.map(frame),
        values: Object.fromEntries(types.map((type, index) => [type, Number(value[index])])),
        labels: Object.fromEntries(label.map(({ key, str, num, numUnit }) => [text(key), str === 0 ? `${num} ${text(numUnit)}` : text(str)])),
      }
    }),
  }
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`there is no ${what}`)
  return value
}

function once<T>(values: T[]): T[] {
  if (new Set(values).size !== values.length) throw new Error('a table has something twice')
  return values
}
