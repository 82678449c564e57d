// The entry `leakwatch/otel`: what is open, as metrics of OpenTelemetry.
import { LeakwatchError } from '../model/errors.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { invalidOption, requireNumber, requireOptions } from '../model/settings/values.ts'
import { isMeter, type Meter } from './otel/meter.ts'
import { Metrics } from './otel/metrics.ts'

export type { Meter, Observable, Observations } from './otel/meter.ts'

/** Options of `observe`. */
export interface ObserveOptions {
  /** Of `metrics.getMeter()` of @opentelemetry/api. */
  readonly meter: Meter
  /**
   * How many opening lines are told of at a time, those with the most open resources; 0 to 1,000.
   * @defaultValue 20
   */
  readonly lines?: number
}

/** What publishes metrics, until `stop()` or the end of the block that declared it with `using`. */
export interface Observing extends Disposable {
  /** Takes the metrics back. Does nothing the second time. */
  stop(): void
}

const linesByDefault = 20
const linesLimit = 1_000

/**
 * Publishes what a watch sees, each time that the SDK collects: `leakwatch.resource.count` by type and verdict, `leakwatch.line.resource.count` by the lines
 * that opened most of what nobody closed, `process.open_file_descriptor.count`, `leakwatch.descriptor.limit`, `leakwatch.descriptor.unexplained` (Linux) and
 * `leakwatch.fault.count`. What the watch was told to ignore is left out. It costs a snapshot and a report each time. It ends by itself with the watch.
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT`, `ERR_LEAKWATCH_OPTION_UNKNOWN`, `ERR_LEAKWATCH_OPTION_INVALID`
 * @example
 * observe(watch(), { meter: metrics.getMeter('shop') })
 */
export function observe(watch: { snapshot(): Snapshot }, options: ObserveOptions): Observing {
  if (typeof (watch as Partial<typeof watch> | null)?.snapshot !== 'function') throw new LeakwatchError('ERR_LEAKWATCH_ARGUMENT', `observe() wants a watch, but was given ${watch === null ? 'null' : typeof watch}. Give what watch() returned.`)
  requireOptions(options, ['meter', 'lines'])
  const { meter, lines = linesByDefault } = options
  if (!isMeter(meter)) throw invalidOption('meter', meter, 'a meter of OpenTelemetry', "Give metrics.getMeter('…') of @opentelemetry/api.")
  const metrics = new Metrics(watch, meter, requireNumber('lines', lines, linesLimit))
  return { stop: () => metrics.stop(), [Symbol.dispose]: () => metrics.stop() }
}
