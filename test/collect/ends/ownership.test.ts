import { readFileSync } from 'node:fs'
import t from 'tap'
import type { ReportedMisuse } from '../../../lib/model/misuse.ts'
import type { Site } from '../../../lib/model/site.ts'
import { matches } from '../../support/matches.ts'
import { fixture } from '../../support/paths.ts'
import { schemaFaults } from '../../support/report-schema.ts'
import { runNode, type RunOptions } from '../../support/run.ts'

const script = fixture('collect', 'ownership.mjs')
const lines = readFileSync(script, 'utf8').split('\n')

function run(options: Partial<RunOptions> = {}) {
  return runNode({ script, ...options })
}

const stranger = 'opened second, under the same number'

/** The comment of the line that a site names. */
function comment(site: Site | null): string | null {
  const frame = site?.frames[site.user]
  return frame === undefined ? null : /\/\/ (.*)/.exec(lines[(frame.line ?? 0) - 1] ?? '')?.[1] ?? `line ${frame.line}`
}

function told({ code, isCertain, type, sites, earlier }: ReportedMisuse): string {
  const places = [sites.opened, sites.closed, sites.second].map(site => comment(site) ?? '-')
  // Which number a later descriptor is given depends on what else Node opens.
  const before = earlier === null || type !== 'fd' || comment(sites.opened) !== stranger ? '' : ` before: ${comment(earlier.opened)}, ${comment(earlier.closed)}`
  return `${code.replace('ERR_LEAKWATCH_', '')}${isCertain ? '' : '?'} ${type}: ${places.join(', ')}${before}`
}

t.test('a descriptor that is closed twice, by its number, or used after its close is told with its three sites', async t => {
  const { report, stdout, stderr, code } = await run()
  t.strictSame(report.misuses.map(told), [
    'CLOSED_TWICE fd: opened first, closed by release, closed again',
    'USED_AFTER_CLOSE fd: opened first, closed by release, read after',
    'USED_AFTER_CLOSE fd: opened first, closed by release, asked after',
    'CLOSED_TWICE fd: opened second, under the same number, closed in place of the stranger, the stranger\'s own close before: opened first, closed by release',
    'FOREIGN_CLOSE FILEHANDLE: a handle\'s opening, -, a handle\'s number',
    'CLOSED_TWICE fd: a stream\'s opening, a stream\'s number, a stream\'s own close',
    'CLOSED_TWICE fd: closed with a callback, first callback, second callback',
    'CLOSED_TWICE? fd: -, -, never opened',
  ])
  t.strictSame(schemaFaults(report), [])
  matches(t, report.misuses[0], { count: 1, fd: Number, name: script })
  t.equal(stdout, 'EBADF,EBADF,EBADF,EBADF\n')
  t.equal(stderr, '')
  t.equal(code, 0)
})

t.test('it is told on stderr at once where the report goes there, once a site', async t => {
  const { stderr } = await runNode({ eval: 'const fs = require("fs"); const fd = fs.openSync("/dev/null"); fs.closeSync(fd); for (let n = 0; n < 3; n++) try { fs.closeSync(fd) } catch {} process.kill(process.pid, "SIGKILL")', format: 'text' })
  t.match(stderr, /^leakwatch: file descriptor \d+ '\/dev\/null': It was closed although it was closed already\.\n {2}opened {2}at \[eval\].*\n {2}closed {2}at \[eval\].*\n {2}then {4}at \[eval\].*\n {2}fix .*\n$/)
})

t.test('what is opened under the number that a FileHandle was robbed of is told, and not the FileHandle', async t => {
  const { report } = await runNode({ eval: `const fs = require('fs')
    fs.promises.open('/dev/null').then(handle => {
      globalThis.handle = handle
      fs.closeSync(handle.fd)
      fs.openSync(process.execPath)
      process.exit()
    })` })
  matches(t, report.leaks, { length: 1, 0: { type: 'fd', resources: [{ target: process.execPath }] } })
  t.match(report.misuses, { length: 1, 0: { code: 'ERR_LEAKWATCH_FOREIGN_CLOSE' } })
  t.strictSame(report.kernel.unexplained, [])
})

t.test('with the level throw the call fails before it does harm, with an error of its own', async t => {
  const { stdout, report } = await run({ env: { LEAKWATCH_OWNERSHIP: 'throw' } })
  const codes = ['CLOSED_TWICE', 'USED_AFTER_CLOSE', 'USED_AFTER_CLOSE', 'CLOSED_TWICE', 'FOREIGN_CLOSE', 'CLOSED_TWICE', 'CLOSED_TWICE']
  t.strictSame(stdout.trim().split(',').filter(code => code !== 'EBADF'), codes.map(code => `ERR_LEAKWATCH_${code}`))
  t.equal(report.complete, true)
})

t.test('with the level off nothing is told', async t => {
  const { report } = await run({ env: { LEAKWATCH_OWNERSHIP: 'off' } })
  t.strictSame(report.misuses, [])
})

t.test('a descriptor of a socket that is closed by its number is told to be the socket\'s', async t => {
  const program = `
    const fs = require('fs'), net = require('net')
    const server = net.createServer().listen(0, () => {
      const socket = net.connect(server.address().port, () => {
        try { fs.closeSync(socket._handle.fd) } catch (error) { console.log(error.code) }
        process.exit()
      })
    })`
  const { stdout, report } = await runNode({ eval: program, env: { LEAKWATCH_OWNERSHIP: 'throw' } })
  t.equal(stdout, 'ERR_LEAKWATCH_FOREIGN_CLOSE\n')
  matches(t, report.misuses, [{ code: 'ERR_LEAKWATCH_FOREIGN_CLOSE', type: 'TCPWRAP', isCertain: true }])
})

t.test('a number that readFileSync had meanwhile was closed by the program\'s own call all the same', async t => {
  const program = `const fs = require('fs')
    const fd = fs.openSync('/dev/null')
    fs.closeSync(fd)
    fs.readFileSync('/dev/null')
    try { fs.closeSync(fd) } catch (error) { console.log(error.code) }`
  const { report, stdout } = await runNode({ eval: program })
  t.equal(stdout, 'EBADF\n')
  t.strictSame(report.misuses.map(({ isCertain, sites: { opened, closed, second } }: ReportedMisuse) => [isCertain, ...[opened, closed, second].map(site => site?.frames[site.user]?.line)]), [[true, 2, 3, 5]])
})
