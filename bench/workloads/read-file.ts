import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { timed } from './timed.ts'

const count = 2_000
const file = fileURLToPath(import.meta.url)

await timed({
  answer: count * 2,
  async run() {
    let read = 0
    for (let index = 0; index < count; index++) {
      if (readFileSync(file).length > 0) read++
      if ((await readFile(file)).length > 0) read++
    }
    return read
  },
})
