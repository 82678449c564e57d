import { timed } from './timed.ts'

const count = 200_000

await timed({
  answer: count,
  async run() {
    let done = 0
    for (let turn = 0; turn < count; turn++) done += await 1
    return done
  },
})
