// Runs the compiled suite under tap and keeps its exit code: a line for each file that passed, all of the output of one that failed.
// Arguments go to tap: `npm test -- dist/test/model`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { makeTapReady, tapBin } from './tap-ready.mjs'
import { closingCounts, countsLine } from './tap-counts.mjs'

makeTapReady()
const tap = spawn(process.execPath, [tapBin, '--reporter=tap', ...process.argv.slice(2)], { stdio: ['ignore', 'pipe', 'inherit'] })
const closed = once(tap, 'close')
const empty = []
let closing = ''
let file = []
let failed = false
for await (const line of createInterface({ input: tap.stdout })) {
  const result = /^(?:not )?ok \d+ - (.*)/.exec(line)
  if (result) failed = line.startsWith('not ')
  if (result?.[1].endsWith('# SKIP no tests found')) empty.push(result[1].split(' ')[0])
  if (/^# (\{|Subtest)/.test(line)) failed = false
  if (line.startsWith('# {')) closing = line
  if (failed) file.splice(0).forEach(each => console.log(each))
  if (result || failed) console.log(line)
  else file.push(line)
  if (result) file = []
}
const [code] = await closed

const counts = closingCounts(closing) ?? { pass: 0, fail: 0, skip: 0 }
for (const each of empty) console.log(`not ok - ${each} asserts nothing`)
counts.skip -= empty.length
counts.fail += empty.length
if (code !== 0 && counts.fail === 0) counts.fail = 1
console.log(countsLine(counts))
process.exitCode = code === 0 && counts.fail === 0 && counts.pass > 0 ? 0 : code || 1
