import { isLeakwatchError } from '../../model/errors.ts'
import { plainPolicy, type Policy, policyOf } from '../../model/matcher.ts'
import type { Snapshot } from '../../model/snapshot.ts'
import { report } from '../../session/reports/reporting.ts'
import type { Meter, Observable, Observations } from './meter.ts'
import { byLine, byType, type Point } from './series.ts'

/** A watch; it has a policy where it is one of ours. */
interface Observed {
  snapshot(): Snapshot
  readonly [policyOf]?: Policy
}

/** The metrics of a process, made anew from a snapshot each time that they are collected. */
export class Metrics {
  readonly #watch: Observed
  readonly #meter: Meter
  readonly #lines: number
  readonly #resources: Series
  readonly #byLine: Series
  readonly #open: Observable
  readonly #limit: Observable
  readonly #unexplained: Observable
  readonly #faults: Observable
  readonly #observe = (result: Observations) => this.#collect(result)

  constructor(watch: Observed, meter: Meter, lines: number) {
    const metric = (name: string, unit: string, description: string) => meter.createObservableUpDownCounter(name, { unit: `{${unit}}`, description })
    this.#watch = watch
    this.#meter = meter
    this.#lines = lines
    this.#resources = new Series(metric('leakwatch.resource.count', 'resource', 'Resources that are open'))
    this.#byLine = new Series(metric('leakwatch.line.resource.count', 'resource', 'Resources that nobody is about to close, by the line that opened them'))
    this.#open = metric('process.open_file_descriptor.count', 'file_descriptor', 'Descriptors that the kernel sees')
    this.#limit = metric('leakwatch.descriptor.limit', 'file_descriptor', 'Descriptors that the process may have')
    this.#unexplained = metric('leakwatch.descriptor.unexplained', 'file_descriptor', 'Descriptors that leakwatch can not account for')
    this.#faults = metric('leakwatch.fault.count', 'fault', 'Failures of leakwatch itself, after which it has not seen everything')
    meter.addBatchObservableCallback(this.#observe, this.#all)
  }

  stop(): void {
    this.#meter.removeBatchObservableCallback(this.#observe, this.#all)
  }

  get #all(): Observable[] {
    return [this.#resources.metric, this.#byLine.metric, this.#open, this.#limit, this.#unexplained, this.#faults]
  }

  #collect(result: Observations): void {
    const snapshot = this.#snapshot()
    if (snapshot === null) return
    const found = report(snapshot, { reason: 'api', policy: this.#watch[policyOf] ?? plainPolicy, isAgain: true })
    this.#resources.observe(result, byType(found))
    this.#byLine.observe(result, byLine(found), this.#lines)
    result.observe(this.#faults, found.faults.length)
    const { kernel } = found
    if (kernel === null) return
    result.observe(this.#open, kernel.open)
    result.observe(this.#unexplained, kernel.unexplained.length)
    if (kernel.limit !== null) result.observe(this.#limit, kernel.limit)
  }

  // A watch that was stopped has nothing to tell any more.
  #snapshot(): Snapshot | null {
    try {
      return this.#watch.snapshot()
    } catch (error) {
      if (!isLeakwatchError(error) || error.code !== 'ERR_LEAKWATCH_STOPPED') throw error
      this.stop()
      return null
    }
  }
}

/** The values of one metric. The SDK keeps the last of each, told again or not: what has gone is told as none, once. */
class Series {
  readonly metric: Observable
  #told = new Map<string, Point>()

  constructor(metric: Observable) {
    this.metric = metric
  }

  /** @param limit How many are told of that were not before */
  observe(result: Observations, points: readonly Point[], limit = points.length): void {
    const told = new Map(points.map(point => [keyOf(point), point] as const).filter(([key], index) => index < limit || this.#told.has(key)))
    for (const [key, { attributes }] of this.#told) if (!told.has(key)) result.observe(this.metric, 0, attributes)
    for (const { attributes, value } of told.values()) result.observe(this.metric, value, attributes)
    this.#told = told
  }
}

function keyOf({ attributes }: Point): string {
  return JSON.stringify(attributes)
}
