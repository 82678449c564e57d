import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import t from 'tap'
import { factsOf } from '../../lib/model/type-table.ts'
import { matches } from '../support/matches.ts'
import { inRoot } from '../support/paths.ts'
import { announces, providers } from '../support/providers.ts'
import { runNode } from '../support/run.ts'
import { exemptionOf, exemptions, parse, render, testedTypes, testOf, told } from '../support/type-table.ts'

const page = inRoot('docs/types.md')
const major = Number(process.versions.node.split('.')[0])
// Timers are announced by JavaScript, and are not on the list of what native code announces.
const announced = [...providers(), 'Timeout', 'Immediate']

t.test('every type that this Node announces is known, or exempt with a reason', async t => {
  t.ok(announced.length > 50, 'the list of this Node was read')
  t.strictSame(announced.filter(type => factsOf(type) === undefined && exemptionOf(type) === undefined), [], 'give it a row in lib/model/type-table.ts')
})

t.test('every known type has a test of its own, or is exempt with a reason', async t => {
  t.strictSame(testedTypes().filter(({ type }) => !existsSync(inRoot(testOf(type)))), [])
})

t.test('every test of a type is that of a known one', async t => {
  const files = readdirSync(inRoot('test/types')).filter(file => file.endsWith('.test.ts')).map(file => `test/types/${file}`)
  const wanted = [...testedTypes().map(({ type }) => testOf(type)), ...['ambient', 'coverage', 'unmet'].map(testOf)]
  t.strictSame(files.filter(file => !wanted.includes(file)), [])
})

t.test(`docs/types.md says what Node ${major} announces; UPDATE_TYPES=1 writes it anew`, async t => {
  const before = existsSync(page) ? readFileSync(page, 'utf8') : ''
  const now = render(told(parse(before), major, announced))
  if (process.env.UPDATE_TYPES === '1') writeFileSync(page, now)
  t.equal(existsSync(page) ? readFileSync(page, 'utf8') : '', now)
})

t.test(exemptions.nothing.reason, async t => {
  t.notOk(announces("require('fs').readFile('.', () => {})").includes('NONE'))
})

t.test(exemptions.promise.reason, async t => {
  const { report } = await runNode({ eval: 'globalThis.held = new Promise(() => {})', types: 'all' })
  matches(t, report, { leaks: [], pending: [], complete: true })
})

t.test(exemptions.verify.reason, async t => {
  const verifying = "const { publicKey } = crypto.generateKeyPairSync('ed25519'); crypto.verify(null, Buffer.from(''), publicKey, Buffer.from(''), () => {})"
  const found = announces(verifying)
  t.ok(found.includes('SIGNREQUEST'))
  t.notOk(found.includes('VERIFYREQUEST'))
})

const withoutLocks = !announced.includes('LOCKS') && 'this Node has no navigator.locks'

t.test(exemptions.locks.reason, { skip: withoutLocks }, async t => {
  const found = announces("for (let round = 0; round < 2; round++) navigator.locks.request('a', () => new Promise(done => setImmediate(done))); navigator.locks.query()")
  t.ok(found.includes('Immediate'), 'a lock was given')
  t.notOk(found.includes('LOCKS'))
})

t.test(exemptions.quic.reason, async t => {
  const { quic, dtls } = process.features as { quic?: boolean, dtls?: boolean }
  t.notOk(quic)
  t.notOk(dtls)
  t.notOk(isBuiltin('node:quic'))
  t.notOk(isBuiltin('node:dtls'))
})
