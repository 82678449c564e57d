import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { inRoot } from '../../support/paths.ts'
import { type Ended, runCommand } from '../../support/run.ts'

const base = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-mocha-')))
t.teardown(() => rmSync(base, { recursive: true }))

/** The command of a Mocha of that version, as far as it loads what it requires. */
function runMocha(version: string): Promise<Ended> {
  const root = join(base, version, 'node_modules/mocha')
  mkdirSync(join(root, 'bin'), { recursive: true })
  writeFileSync(join(root, 'package.json'), JSON.stringify({ version }))
  writeFileSync(join(root, 'bin/_mocha.mjs'), `const { mochaHooks } = await import(${JSON.stringify(inRoot('dist/lib/adapters/mocha.js'))}); console.log(Object.keys(mochaHooks).length)`)
  return runCommand([process.execPath, join(root, 'bin/_mocha.mjs')])
}

t.test('a Mocha that knows no root hooks is told that it is too old, and runs on', async t => {
  const { code, stdout, stderr } = await runMocha('7.2.0')
  t.match({ code, stdout }, { code: 0, stdout: '0\n' })
  t.equal(stderr, 'leakwatch: no test is watched: Mocha 7.2.0 calls no root hooks of what it requires. leakwatch/mocha needs Mocha 8 or later.\n')
})

t.test('one that knows them is given ours', async t => {
  t.match(await runMocha('8.0.0'), { code: 0, stdout: '4\n', stderr: '' })
})
