import { turn } from '../../collect/settle.ts'
import { LeakError } from '../../model/errors.ts'
import type { WatchOptions } from '../../model/settings/settings.ts'
import { renderText } from '../reports/reporting.ts'
import { judgedScope } from '../tracked/scope.ts'
import { settingsOf, Watch } from '../watch.ts'
import { withAllStacks } from './all-stacks.ts'
import { requireFunction } from '../require-function.ts'

/**
 * Calls the function and resolves with what it returned, when all that it opened was closed and every request it made
 * was over after the event loop had `settleMs` to turn; what was let go of with `unref()` may go on. What runs beside it is not blamed: other tests may run at the same time. An error of the function's own comes first and is thrown as it is.
 * @throws LeakError `ERR_LEAKWATCH_LEAK`, its first line the summary, its `.report` the whole
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT` when given no function or a generator, and as `watch`
 * @example
 * await assertNoLeaks(async () => { await copy('a', 'b') })
 */
export async function assertNoLeaks<T>(fn: () => T | Promise<T>, options?: WatchOptions): Promise<Awaited<T>> {
  requireFunction(fn, 'assertNoLeaks()')
  const settings = withAllStacks(settingsOf(options ?? {}))
  const w = new Watch({ ...settings, policy: { ...settings.policy, isTest: true } })
  try {
    let own: { readonly id: number } | undefined
    const result = await judgedScope('assertNoLeaks', opened => {
      own = opened
      return fn()
    })
    // What it asked for in its last tick is born in the next: a request gets its socket.
    await turn()
    const report = await w.check({ scope: own! })
    // A recording that broke off proves nothing.
    if (report.leaks.length > 0 || !report.complete) {
      throw new LeakError(renderText(report).trimEnd(), report)
    }
    return result
  } finally {
    w.stop()
  }
}
