import { closeSync, openSync } from 'node:fs'
import t from 'tap'
import { watchVitest } from '../../../lib/adapters/runners/vitest.ts'
import { assertNoLeaks, isLeakError, type LeakError } from '../../../lib/index.ts'

type Around = NonNullable<Parameters<typeof watchVitest>[0]['aroundEach']>
type Task = Parameters<Parameters<Around>[0]>[1]['task']

let aroundEach: Parameters<Around>[0] | undefined
watchVitest({ aroundEach: fn => { aroundEach = fn }, aroundAll: () => {} })

async function run(test: () => void, task: Partial<Task> = {}): Promise<unknown> {
  return await aroundEach!(async () => test(), { task: { name: 'a test', ...task } }).then(() => null, (error: unknown) => error)
}

t.test('the error of a test that leaks bears its text alone: Vitest prints every field that it has', async t => {
  const fds: number[] = []
  t.teardown(() => fds.forEach(fd => closeSync(fd)))
  const error = await run(() => { fds.push(openSync('.', 'r')) })
  t.ok(isLeakError(error))
  t.match(error, { message: /^leakwatch: 1 leak from 1 line/, stack: /vitest\.test\.ts:\d+/ })
  t.notOk(Reflect.has(error as object, 'report'))
})

t.test('so does that of an assertion of its own, which Vitest has made plain by then', async t => {
  const fds: number[] = []
  t.teardown(() => fds.forEach(fd => closeSync(fd)))
  const { message, code, report } = await assertNoLeaks(() => { fds.push(openSync('.', 'r')) }, { settleMs: 0 }).then(() => { throw new Error('nothing leaked') }, (error: unknown) => error as LeakError)
  t.ok(report)
  const plain = { message, code, report }
  const other = { message: 'of the test', report: 'its own' }
  t.equal(await run(() => {}, { result: { state: 'fail', errors: [plain, other] as never } }), null)
  t.strictSame(Object.keys(plain), ['message', 'code'])
  t.equal(other.report, 'its own')
})
