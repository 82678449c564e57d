import { given } from './instrument.ts'
import { timed } from './timed.ts'

const count = 10_000
// More than are kept, so that all of those are there.
const frames = 32
const { track } = given.instrument!

function descend(left: number): number {
  if (left > 0) return descend(left - 1)
  const tag = track('job')
  const opened = tag.isOpen ? 1 : 0
  tag.close()
  return opened
}

await timed({
  answer: count,
  repeats: 20,
  async run() {
    let opened = 0
    for (let index = 0; index < count; index++) opened += descend(frames)
    return opened
  },
})
