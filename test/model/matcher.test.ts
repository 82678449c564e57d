import t from 'tap'
import { resolveMatchers } from '../../lib/model/settings/options.ts'

t.test('matchers are copied and frozen', async t => {
  const given = [{ type: 'fd', reason: 'why' }]
  const matchers = resolveMatchers('known', given)
  t.strictSame(matchers, given)
  t.not(matchers[0], given[0])
  t.ok(Object.isFrozen(matchers) && Object.isFrozen(matchers[0]))
})

t.test('a mistake is named with what was given, what is wanted and what to do', async t => {
  const mistakes: readonly (readonly [unknown, RegExp])[] = [
    ['fd', /^Option 'known' wants an array of matchers, but was given string\./],
    [[null], /^Option 'known\[0\]' wants an object, but was given object\./],
    [[{ type: 'fd' }], /^Option 'known\[0\]' wants a 'reason' that says why this leak is borne, but was given none\./],
    [[{ reason: 'x' }], /^Option 'known\[0\]' wants at least one of type, path, package, function, frame, but was given none of them\./],
    [[{ type: 'fd', reason: '' }], /^Option 'known\[0\]\.reason' wants a text that is not empty, but was given ''\./],
    [[{ type: 'fd', reason: 'x' }, { typ: 'fd', reason: 'x' }], /^Option 'known\[1\]' wants an object of .*, but was given 'typ'\. Did you mean 'type'\?$/],
    [[{ type: 3, reason: 'x' }], /^Option 'known\[0\]\.type' wants a text that is not empty, but was given number\./],
  ]
  for (const [given, message] of mistakes) {
    t.throws(() => resolveMatchers('known', given), { code: 'ERR_LEAKWATCH_OPTION_INVALID', message })
  }
})

t.test('what is ignored needs no reason', async t => {
  t.strictSame(resolveMatchers('ignored', [{ path: '/tmp/*' }]), [{ path: '/tmp/*' }])
})
