import { stat } from 'node:fs'
import { timed } from './timed.ts'

const count = 10_000
const inFlight = 50

await timed({
  answer: count,
  run: () => new Promise((resolve, reject) => {
    let started = 0
    let done = 0
    const next = () => {
      if (started >= count) return
      started++
      stat(process.execPath, error => {
        if (error !== null) return reject(error)
        if (++done === count) resolve(done)
        else next()
      })
    }
    for (let index = 0; index < inFlight; index++) next()
  }),
})
