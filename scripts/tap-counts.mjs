/** The assertions that tap's closing line counts, or null when the output has none: the program did not come to its end. */
export function closingCounts(tap) {
  const closing = [...tap.matchAll(/^# \{ (total: .*) \}$/gm)].at(-1)
  if (!closing) return null
  const count = word => Number(new RegExp(`\\b${word}: (\\d+)`).exec(closing[1])?.[1] ?? 0)
  return { pass: count('pass'), fail: count('fail'), skip: count('skip') + count('todo') }
}

export function countsLine({ pass, fail, skip }) {
  return `${pass} passed, ${fail} failed${skip > 0 ? `, ${skip} skipped` : ''}`
}
