// Milliseconds that a diff of two snapshots of 100,000 resources each takes, by how much of the first is left in the
// second: `npm run build && node dist/bench/diff.js`
import { diff } from '../lib/analyze/compare/diff.ts'
import type { Resource } from '../lib/model/resource.ts'
import { buildSnapshot } from '../test/support/snapshot-builder.ts'

const live = 100_000
const rounds = 9
const leftOver = { all: 0, half: live / 2, none: live }

for (const [left, start] of Object.entries(leftOver)) {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const [before, after] = [snapshotFrom(0), snapshotFrom(start)]
    const startedMs = performance.now()
    const { survivors, gone, kept } = diff(before, after)
    times.push(performance.now() - startedMs)
    if (survivors.length !== start || gone.length !== start || kept.length !== live - start) throw new Error('wrong diff')
  }
  times.sort((a, b) => a - b)
  console.log(`${left} left: median ${times[rounds >> 1]!.toFixed(1)} ms (${times[0]!.toFixed(1)}–${times.at(-1)!.toFixed(1)})`)
}

// As capture lists them: async resources first, then descriptors, each in the order of their opening.
function snapshotFrom(start: number) {
  const [asynchronous, descriptors] = ['a', 'd'].map(letter => {
    return Array.from({ length: live / 2 }, (_, index) => ({ key: `${letter}${index + start / 2}` }) as Resource)
  })
  return { ...buildSnapshot(), resources: [...asynchronous!, ...descriptors!] }
}
