// Our own failures: whichever call of ours fails, the program goes on as if we were not there, and the report says so.
import t from 'tap'
import { pathToFileURL } from 'node:url'
import { ways } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'
import { schemaFaults } from '../support/report-schema.ts'
import { runNode } from '../support/run.ts'

const script = fixture('anomaly', 'program.mjs')
const failNth = pathToFileURL(fixture('anomaly', 'fail-nth.mjs')).href
const builtins = [
  'Map.prototype.set', 'Map.prototype.get', 'Map.prototype.delete', 'WeakMap.prototype.set', 'WeakMap.prototype.get', 'WeakSet.prototype.has',
  'FinalizationRegistry.prototype.register', 'Date.now', 'WeakRef', 'Object.getOwnPropertySymbols', 'Object.getPrototypeOf',
  'Array.prototype.@@iterator', 'Math.max',
]
const calls = [1, 2, 4, 9]

t.setTimeout(120_000)

const bare = await runNode({ script, register: false })

for (const { name, before } of ways) {
  for (const builtin of builtins) {
    t.test(`when a call of ${builtin} fails in a hook or tap the program goes on, and the report is incomplete, ${name}`, async t => {
      let failures = 0
      const runs = await Promise.all(calls.map(call => runNode({ script, before: [failNth, ...before], env: { FAIL: `${builtin} ${call}` } })))
      for (const [index, run] of runs.entries()) {
        const call = calls[index]
        t.equal(run.stdout.replace(/true\n$/, 'false\n'), bare.stdout, `at call ${call} the program prints what it prints unwatched`)
        t.match({ code: run.code, stderr: run.stderr }, { code: 7, stderr: '' })
        t.strictSame(schemaFaults(run.report), [])
        if (!run.stdout.endsWith('failed true\n')) continue
        failures++
        matches(t, run.report, { complete: false, faults: [{ where: String, message: 'failed on purpose' }] }, `at call ${call} the report says what failed`)
      }
      t.ok(failures > 0, `${builtin} failed ${failures} times`)
    })
  }
}

for (const builtin of ['Map.prototype.get', 'Map.prototype.set']) {
  t.test(`an error of the program that comes to light at ${builtin} in the hook is uncaught, as it was to be, and no fault of the recording`, async t => {
    let failures = 0
    for (const { stdout, code, report, stderr } of await Promise.all(calls.map(call => runNode({ script, before: [failNth], env: { FAIL: `${builtin} ${call} passing` } })))) {
      if (!stdout.endsWith('failed true\n')) continue
      failures++
      t.ok(stdout.includes('uncaught true\n'), `${stdout}${stderr}`)
      t.equal(stdout.replace('uncaught true\n', '').replace(/true\n$/, 'false\n'), bare.stdout)
      matches(t, { code, report }, { code: 7, report: { complete: true, faults: [] } })
    }
    t.ok(failures > 0, `it came to light ${failures} times`)
  })
}

const ofTags = ['Map.prototype.get', 'Map.prototype.set', 'Set.prototype.add', 'FinalizationRegistry.prototype.register', 'Date.now', 'WeakRef', 'WeakRef.prototype.deref']

for (const builtin of ofTags) {
  t.test(`when a call of ${builtin} fails under a tag the program goes on, and the report is incomplete`, async t => {
    const tags = fixture('anomaly', 'tags.mjs')
    const [unwatched, ...runs] = await Promise.all([
      runNode({ script: tags, register: false }), ...[1, 2, 3, 7].map(call => runNode({ script: tags, before: [failNth], env: { FAIL: `${builtin} ${call}` } })),
    ])
    let failures = 0
    for (const run of runs) {
      t.equal(run.stdout.replace(/true\n$/, 'false\n'), unwatched!.stdout)
      t.match({ code: run.code, stderr: run.stderr }, { code: 7, stderr: '' })
      t.strictSame(schemaFaults(run.report), [])
      if (!run.stdout.endsWith('failed true\n')) continue
      failures++
      matches(t, run.report, { complete: false, faults: [{ where: String, message: 'failed on purpose' }] })
    }
    t.ok(failures > 0, `${builtin} failed ${failures} times`)
  })
}

t.test('a Reflect.apply of the program is never called', async t => {
  const program = `Reflect.apply = () => { throw new Error('of the program') }
    const fs = require('fs')
    fs.closeSync(fs.openSync(process.execPath))
    fs.open(process.execPath, 'r', (error, fd) => fs.close(fd, () => console.log('ran')))`
  matches(t, await runNode({ eval: program }), { code: 0, stdout: 'ran\n', stderr: '', report: { complete: true, leaks: [] } })
})

t.test('when no recorder can be made the program goes on, its functions are its own again, and the report is incomplete', async t => {
  const broken = `data:text/javascript,${encodeURIComponent("import vm from 'node:vm'; vm.createContext = () => { throw new Error('failed on purpose') }")}`
  const program = `
    const fs = require('node:fs'), { openSync } = fs
    const fd = fs.openSync(process.execPath)
    fs.closeSync(fs.openSync(process.execPath))
    console.log(fd > 2, fs.openSync === openSync)`
  const { code, stdout, stderr, report } = await runNode({ eval: program, before: [broken] })
  t.match({ code, stdout, stderr }, { code: 0, stdout: 'true false\n', stderr: '' })
  t.strictSame(schemaFaults(report), [])
  matches(t, report, { complete: false, leaks: [], faults: [{ where: String, message: 'failed on purpose' }] })
})
