// Runs the compiled suite under tap and keeps its exit code. Arguments go to tap: `npm test -- dist/test/model`.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeTapReady, tapBin } from './tap-ready.mjs'
import { closingCounts, countsLine } from './tap-counts.mjs'

makeTapReady()
const dir = mkdtempSync(join(tmpdir(), 'leakwatch-tap-'))
const output = join(dir, 'output.tap')
const reporter = process.stdout.isTTY ? [] : ['--reporter=min']
const { status } = spawnSync(process.execPath, [tapBin, `--output-file=${output}`, ...reporter, ...process.argv.slice(2)], { stdio: 'inherit' })
const tap = readFileSync(output, 'utf8')
rmSync(dir, { recursive: true })

const counts = closingCounts(tap) ?? { pass: 0, fail: 0, skip: 0 }
const empty = [...tap.matchAll(/^ok \d+ - (\S+) # SKIP no tests found$/gm)].map(match => match[1])
for (const file of empty) console.log(`${file} asserts nothing`)
counts.skip -= empty.length
counts.fail += empty.length
if (status !== 0 && counts.fail === 0) counts.fail = 1
console.log(`\n${countsLine(counts)}`)  // on a line of its own: the reporter leaves its last one open
process.exitCode = status || (counts.fail > 0 || counts.pass === 0 ? 1 : 0)
