// Runs the compiled test files with each fetched Node: a tap test file is a plain program that prints TAP.
// Arguments narrow the run: `npm run test:nodes -- 26 test/collect`.
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { fetchNodes } from './fetch-nodes.mjs'
import { closingCounts, countsLine } from './tap-counts.mjs'
import { makeTapReady } from './tap-ready.mjs'

const jobs = 2
const timeoutMs = 300_000
// They judge the sources and the tarball's list of files, which are the same on every Node.
const excluded = ['test/house/']

const root = fileURLToPath(new URL('..', import.meta.url))
const majors = process.argv.slice(2).filter(argument => /^\d+$/.test(argument))
const wanted = process.argv.slice(2).filter(argument => !/^\d+$/.test(argument))

makeTapReady()
const files = readdirSync(`${root}dist/test`, { recursive: true, encoding: 'utf8' })
  .map(file => `test/${file}`)
  .filter(file => file.endsWith('.test.js') && !file.includes('/fixtures/') && !excluded.some(prefix => file.startsWith(prefix)))
  .filter(file => wanted.length === 0 || wanted.some(part => file.includes(part)))
  .toSorted()
const nodes = fetchNodes().filter(({ version }) => majors.length === 0 || majors.includes(version.split('.')[0]))
const runs = nodes.flatMap(node => files.map(file => ({ node, file })))

const queue = [...runs]
await Promise.all(Array.from({ length: jobs }, async () => {
  for (let run = queue.shift(); run; run = queue.shift()) {
    run.counts = await runFile(run)
  }
}))

const sum = some => some.reduce((total, { counts }) => ({ pass: total.pass + counts.pass, fail: total.fail + counts.fail, skip: total.skip + counts.skip }), { pass: 0, fail: 0, skip: 0 })
for (const node of nodes) console.log(`Node ${node.version}: ${countsLine(sum(runs.filter(run => run.node === node)))} in ${files.length} files`)
const total = sum(runs)
console.log(countsLine(total))
process.exitCode = total.fail > 0 || total.pass === 0 ? 1 : 0

function runFile({ node, file }) {
  return new Promise(resolve => {
    const child = spawn(node.path, [`${root}dist/${file}`], { cwd: root, env: { ...plainEnv(), TAP_TIMEOUT: String(timeoutMs / 1000) }, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let stdout = ''
    let late = false
    child.stdout.setEncoding('utf8').on('data', text => { stdout += text; output += text })
    child.stderr.setEncoding('utf8').on('data', text => { output += text })
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
      child.stdout.destroy()
      child.stderr.destroy()
    }, timeoutMs)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      const counts = closingCounts(stdout) ?? { pass: 0, fail: 0, skip: 0 }
      const fault = late ? `did not end within ${timeoutMs} ms` : code !== 0 ? `ended with ${signal ?? code}` : counts.pass + counts.fail + counts.skip === 0 ? 'asserts nothing' : null
      if (fault) {
        counts.fail = Math.max(counts.fail, 1)
        console.log(`Node ${node.version} ${file} ${fault}\n${output}`)
      }
      resolve(counts)
    })
  })
}

function plainEnv() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(LEAKWATCH|NODE_|_?TAP|npm_)/.test(name)))
}
