import { given, type Instrument } from './instrument.ts'
import { timed } from './timed.ts'

const count = 1_000
// A job then takes about as long as an HTTP request.
const lines = 100

function job(index: number): number {
  const order = { index, lines: Array.from({ length: lines }, (_, line) => ({ line, name: `item ${line}`, price: index })) }
  const copy: typeof order = JSON.parse(JSON.stringify(order))
  return copy.lines.length
}

function trackedJob({ scope, track }: Instrument, index: number): number {
  return scope('job', () => {
    const tag = track('order')
    try {
      return job(index)
    } finally {
      tag.close()
    }
  })
}

await timed({
  answer: count * lines,
  repeats: 40,
  async run() {
    const { instrument } = given
    let done = 0
    for (let index = 0; index < count; index++) done += instrument === null ? job(index) : trackedJob(instrument, index)
    return done
  },
})
