// Tests of node:test in which nothing was opened in the whole process when their function was through: what opens something then.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { inRoot } from '../../support/paths.ts'
import { type Ended, runCommand } from '../../support/run.ts'

// It has options of its own: none of ours is read for it.
async function runTests(t: Test, program: string): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'leakwatch-resting-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'a.test.mjs'), `import { afterEach, describe, test } from 'node:test'\nimport fs from 'node:fs'\n${program}\n`)
  return await runCommand([process.execPath, '--import', inRoot('dist/lib/adapters/node-test.js'), '--test-reporter=tap', 'a.test.mjs'], { cwd: folder })
}

const outcome = (line: string, name: string) => new RegExp(`^ *${line} \\d+ - ${name}$`, 'm')

t.test('an afterEach hook that leaves something open fails its test', async t => {
  const { code, stdout } = await runTests(t, "let calls = 0; afterEach(() => { if (++calls === 2) fs.openSync('.') }); test('one', () => {}); test('two', () => {}); test('three', () => {})")
  t.equal(code, 1)
  for (const [line, name] of [['ok', 'one'], ['not ok', 'two'], ['ok', 'three']] as const) t.match(stdout, outcome(line, name))
  t.match(stdout, /a\.test\.mjs:3:\d+/)
})

t.test('a promise that nobody waits for, kept in the turn of its test, fails it', async t => {
  const { code, stdout } = await runTests(t, "test('one', () => { Promise.resolve().then(() => fs.openSync('.')) }); test('two', () => {})")
  t.equal(code, 1)
  for (const [line, name] of [['not ok', 'one'], ['ok', 'two']] as const) t.match(stdout, outcome(line, name))
})

t.test('a subtest that leaves something open fails itself, and not the tests before it', async t => {
  const { code, stdout } = await runTests(t, "test('one', () => {}); test('outer', async t => { await t.test('first', () => {}); await t.test('second', () => { fs.openSync('.') }) }); test('two', () => {})")
  t.equal(code, 1)
  for (const [line, name] of [['ok', 'one'], ['ok', 'first'], ['not ok', 'second'], ['ok', 'two']] as const) t.match(stdout, outcome(line, name))
})

t.test('of tests that run at the same time the one that opened something fails', async t => {
  const { code, stdout } = await runTests(t, `describe('all', { concurrency: true }, () => {
    test('one', async () => {})
    test('two', async () => { await null; await null; fs.openSync('.') })
    test('three', async () => {})
  })`)
  t.equal(code, 1)
  for (const [line, name] of [['ok', 'one'], ['not ok', 'two'], ['ok', 'three']] as const) t.match(stdout, outcome(line, name))
})

t.test('what a test opens long after it is over is told as the file ends', async t => {
  const { code, stdout, stderr } = await runTests(t, "let open; test('one', () => { new Promise(resolve => { open = resolve }).then(() => fs.openSync('.')) }); test('two', async () => { await null; open(); for (let turns = 0; turns < 9; turns++) await null })")
  t.equal(code, 1)
  for (const name of ['one', 'two']) t.match(stdout, outcome('ok', name))
  t.match(stderr, /1 file descriptor opened[^]*in scope 'one'/)
})

t.test('more tests than are remembered pass, and the last one is judged', async t => {
  const { code, stdout } = await runTests(t, "for (let each = 0; each < 200; each++) test('empty', () => {}); test('last', () => { Promise.resolve().then(() => fs.openSync('.')) })")
  t.equal(code, 1)
  t.match(stdout, /^# pass 200$/m)
  t.match(stdout, outcome('not ok', 'last'))
})

t.test('a tag that is left open is one, too', async t => {
  const { code, stdout } = await runTests(t, `const { track } = await import(${JSON.stringify(inRoot('dist/lib/main.js'))}); test('one', () => {}); test('two', () => { track('lease') })`)
  t.equal(code, 1)
  for (const [line, name] of [['ok', 'one'], ['not ok', 'two']] as const) t.match(stdout, outcome(line, name))
})

t.test('a test that returns what begins when it is awaited fails by what that opens', async t => {
  const { code, stdout } = await runTests(t, "const query = leak => ({ then(resolve) { setTimeout(() => { if (leak) fs.openSync('.'); resolve() }, 1) } }); test('one', () => query(false)); test('two', () => query(true)); test('three', () => query(false))")
  t.equal(code, 1)
  for (const [line, name] of [['ok', 'one'], ['not ok', 'two'], ['ok', 'three']] as const) t.match(stdout, outcome(line, name))
})
