import type { ReportedMisuse } from '../../lib/model/misuse.ts'

/** A descriptor that was closed twice, two times, at such sites. */
export function closedTwice({ opened = null, closed = null, second = null }: Partial<ReportedMisuse['sites']>): ReportedMisuse {
  return {
    code: 'ERR_LEAKWATCH_CLOSED_TWICE', kind: 'fd', type: 'fd', name: null, fd: 20, count: 2, firstAt: '2026-03-01T12:00:00.000Z', isCertain: true,
    reason: 'It was closed although it was closed already.', hint: 'Close it in one place.', sites: { opened, closed, second }, earlier: null, children: [],
  }
}
