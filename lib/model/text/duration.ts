const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** A span of time for people: `12 ms`, `3.2 s`, `4 min 5 s`, `3 h 12 min`, `2 d 3 h`. */
export function duration(spanMs: number): string {
  const ms = Math.max(0, Math.round(spanMs))
  if (ms < second) return `${ms} ms`
  if (ms < minute) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`
  if (ms < hour) return pair(ms, minute, 'min', second, 's')
  if (ms < day) return pair(ms, hour, 'h', minute, 'min')
  return pair(ms, day, 'd', hour, 'h')
}

function pair(ms: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const whole = Math.floor(ms / large)
  const rest = Math.floor((ms % large) / small)
  return rest === 0 ? `${whole} ${largeUnit}` : `${whole} ${largeUnit} ${rest} ${smallUnit}`
}
