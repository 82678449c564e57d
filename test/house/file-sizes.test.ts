import t from 'tap'
import { dirname } from 'node:path'
import { filesUnder, textOf } from './sources.ts'

const ceiling = 250
const medianCeiling = 80
const roomCeiling = 12

const sources = filesUnder('lib', '.ts')
const sizes = sources.map(path => ({ path, lines: textOf(path).trimEnd().split('\n').length }))

t.test(`no source is longer than ${ceiling} lines`, async t => {
  t.strictSame(sizes.filter(({ lines }) => lines > ceiling).map(({ path, lines }) => `${path} has ${lines} lines: two ideas?`), [])
})

t.test(`the median source has at most ${medianCeiling} lines`, async t => {
  const sorted = sizes.map(({ lines }) => lines).toSorted((a, b) => a - b)
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
  t.ok(median <= medianCeiling, `the median is ${median}`)
})

t.test(`no room holds more than ${roomCeiling} files`, async t => {
  const rooms = sources.map(path => dirname(path)).filter(room => room !== 'lib')
  const crowded = [...new Set(rooms)].filter(room => rooms.filter(each => each === room).length > roomCeiling)
  t.strictSame(crowded, [])
})
