import { growth, hasGrown } from '../../analyze/compare/growth.ts'
import { withoutBeside } from '../../analyze/compare/scoped.ts'
import { settle } from '../../collect/settle.ts'
import { LeakError, LeakwatchError } from '../../model/errors.ts'
import type { Report } from '../../model/report.ts'
import { optionNames } from '../../model/settings/options.ts'
import { requireNumber, requireOptions } from '../../model/settings/values.ts'
import type { Settings, WatchOptions } from '../../model/settings/settings.ts'
import { hint } from '../../report/hints.ts'
import type { Snapshot } from '../../model/snapshot.ts'
import { baselineAt } from '../baseline/baseline-at.ts'
import { renderText, report } from '../reports/reporting.ts'
import { judgedScope } from '../tracked/scope.ts'
import { settingsOf, Watch } from '../watch.ts'
import { withAllStacks } from './all-stacks.ts'
import { requireFunction } from '../require-function.ts'

/** Options of `assertNoGrowth`; all optional, those of `watch` among them. */
export interface GrowthOptions extends WatchOptions {
  /**
   * Calls before the first round, 0 to 100,000, those of `failing` too: what is opened once and kept is open after them.
   * @defaultValue 2
   */
  readonly warmup?: number
  /**
   * Calls that are compared, each with the one before, 1 to 100,000.
   * @defaultValue 5
   */
  readonly rounds?: number
  /**
   * The function's error path, called after it in every round: has to reject or throw, or is refused. What it leaves open
   * counts like the rest.
   */
  readonly failing?: () => unknown
}

const roundLimit = 100_000

/**
 * Calls the function `warmup` and then `rounds` times, and resolves when no site (type and whole init stack), and no line by
 * whatever way, had more open after every round than after the one before: caches and pools that fill once are no growth. Descriptors whose line is not
 * known are counted by the kernel's list (Linux). What tests and assertions that run beside it open is not
 * counted, what a server opens for them that belongs to none is. An error of the function's own comes first and is thrown as it is.
 * @throws LeakError `ERR_LEAKWATCH_LEAK` with the sites that grow, each `reason` with the counts round by round
 * @throws LeakwatchError `ERR_LEAKWATCH_NOT_REJECTED` when `failing` does not fail, `ERR_LEAKWATCH_ARGUMENT` when given no
 * function or a generator, and as `watch`
 * @example
 * await assertNoGrowth(() => pool.query('select 1'), { rounds: 20, failing: () => pool.query('slect 1') })
 */
export async function assertNoGrowth(fn: () => unknown, options: GrowthOptions = {}): Promise<void> {
  requireFunction(fn, 'assertNoGrowth()')
  requireOptions(options, [...optionNames, 'warmup', 'rounds', 'failing'])
  const { warmup = 2, rounds = 5, failing, ...rest } = options
  requireNumber('warmup', warmup, roundLimit)
  requireNumber('rounds', rounds, roundLimit, 1)
  if (failing !== undefined) requireFunction(failing, "'failing' of assertNoGrowth()")
  const settings = withAllStacks(settingsOf(rest))
  const w = new Watch(settings)
  try {
    await judgedScope('assertNoGrowth', async scope => {
      for (let call = 0; call < warmup; call++) await play(fn, failing)
      const found = await playRounds(() => withoutBeside(w.snapshot(), scope), settings, { rounds, play: () => play(fn, failing) })
      // A recording that broke off proves nothing.
      if (found.leaks.length > 0 || !found.complete) throw new LeakError(renderText(found).trimEnd(), found)
    })
  } finally {
    w.stop()
  }
}

interface Rounds {
  readonly rounds: number
  readonly play: () => Promise<void>
}

async function playRounds(take: () => Snapshot, settings: Settings, { rounds, play: playRound }: Rounds): Promise<Report> {
  const judge = (isAgain: boolean) => withoutForeign(report(take(), { reason: 'api', policy: settings.policy, isAgain }), settings)
  // What ends late in one round is told from what stays by the next. Only the last has nobody after it.
  const shareMs = Math.ceil(settings.settleMs / rounds)
  let last = await settled(judge, ({ leaks, pending }) => leaks.length === 0 && pending.length === 0, shareMs)
  const reports = [last]
  for (let round = 1; round <= rounds; round++) {
    await playRound()
    const before = last
    last = await settled(judge, after => !hasGrown(before, after), round === rounds ? settings.settleMs : shareMs)
    reports.push(last)
  }
  const found = growth(reports, hint)
  const baseline = baselineAt(settings.baseline)
  return baseline?.settle(found, baseline.runOfProcess({ isOver: false, types: settings.types })).report ?? found
}

async function settled(judge: (isAgain: boolean) => Report, isClean: (found: Report) => boolean, limitMs: number): Promise<Report> {
  let found = judge(false)
  await settle(() => {
    found = judge(true)
    return isClean(found)
  }, limitMs)
  return found
}

// Who does not ask for descriptors is not told of those that nothing explains.
function withoutForeign(found: Report, { types }: Settings): Report {
  return types.has('fd') ? found : { ...found, kernel: null }
}

async function play(fn: () => unknown, failing: (() => unknown) | undefined): Promise<void> {
  await fn()
  if (failing === undefined) return
  try {
    await failing()
  } catch {
    return
  }
  throw new LeakwatchError('ERR_LEAKWATCH_NOT_REJECTED', "Option 'failing' wants a function that rejects or throws, but it did neither. Make it fail as the error path does that is to be tried.")
}
