import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { inRoot, root } from '../../support/paths.ts'
import { runCommand } from '../../support/run.ts'

const adapter = new URL('dist/lib/adapters/node-test.js', root).href

t.test('V8 is asked once for the maps of code made in memory, however often a test is looked at while it settles', async t => {
  const directory = mkdtempSync(join(tmpdir(), 'leakwatch-mapping-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  const file = join(directory, 'file.test.cjs')
  writeFileSync(file, `const { Session } = require('node:inspector'), fs = require('node:fs'), { test } = require('node:test')
const { connect } = Session.prototype
let asked = 0
Session.prototype.connect = function () { asked++; return connect.call(this) }
test('leaks', () => { fs.openSync(process.execPath) })
test('how often', () => { fs.writeSync(2, 'asked ' + asked) })
`)
  // As under Vitest, where each file was transformed.
  const { code, stdout, stderr } = await runCommand([process.execPath, '--import', adapter, file], { cwd: inRoot(''), env: { VITEST: 'true', LEAKWATCH_TYPES: 'fs' } })
  t.equal(code, 1)
  t.match(stdout, '1 file descriptor opened at')
  t.match(stderr, /^asked 1$/m)
})
