import { test } from 'node:test'
import { timed } from './timed.ts'

const count = 500

await timed({
  answer: count,
  async run() {
    let done = 0
    await test('clean', async t => {
      for (let index = 0; index < count; index++) await t.test('a test', () => { done++ })
    })
    return done
  },
})
