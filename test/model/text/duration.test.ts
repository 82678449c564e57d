import t from 'tap'
import { duration } from '../../../lib/model/text/duration.ts'

t.test('a duration is told in the two largest units that matter', async t => {
  const told: readonly (readonly [number, string])[] = [
    [0, '0 ms'], [0.4, '0 ms'], [999, '999 ms'], [999.6, '1.0 s'], [1000, '1.0 s'], [3249, '3.2 s'], [59_999, '59.9 s'],
    [60_000, '1 min'], [61_000, '1 min 1 s'], [3_599_000, '59 min 59 s'], [3_600_000, '1 h'], [11_520_000, '3 h 12 min'],
    [86_400_000, '1 d'], [183_600_000, '2 d 3 h'],
  ]
  for (const [ms, text] of told) t.equal(duration(ms), text)
})

t.test('a negative duration is none', async t => {
  t.equal(duration(-5), '0 ms')
})
