import t from 'tap'
import { resolveTests } from '../../../lib/session/tests/settings.ts'

t.test('what is left out has its default, and what is given stands', async t => {
  t.strictSame(resolveTests({}), { per: 'test', collect: false, hangMs: 5000 })
  t.strictSame(resolveTests({ per: 'file', collect: true, hangMs: 0 }), { per: 'file', collect: true, hangMs: 0 })
  t.ok(Object.isFrozen(resolveTests({})))
})

t.test('an unknown option is named, with the one that was meant', async t => {
  t.throws(() => resolveTests({ pre: 'file' }), { code: 'ERR_LEAKWATCH_OPTION_UNKNOWN', message: "Unknown option 'tests.pre'. Did you mean 'per'?" })
  t.throws(() => resolveTests({ retries: 3 }), { code: 'ERR_LEAKWATCH_OPTION_UNKNOWN', message: "Unknown option 'tests.retries'. Valid are per, collect, hangMs." })
})

t.test('a value that is none of the valid ones is refused, with what was given', async t => {
  const invalid = (given: unknown, message: RegExp) => t.throws(() => resolveTests(given), { code: 'ERR_LEAKWATCH_OPTION_INVALID', message })
  invalid({ per: 'suite' }, /^Option 'tests\.per' wants one of test, file, process, but was given 'suite'\./)
  invalid({ collect: 1 }, /^Option 'tests\.collect' wants true or false, but was given 1\./)
  for (const hangMs of [-1, 0.5, 600_001]) invalid({ hangMs }, /^Option 'tests\.hangMs' wants a whole number from 0 to 600000/)
  for (const tests of ['per', null, []]) invalid(tests, /^Option 'tests' wants an object/)
})
