import fc from 'fast-check'
import t from 'tap'
import { escaped, escapedJson } from '../../lib/report/escape.ts'

const harmless = /^[^\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]*$/
const anything = fc.string({ unit: 'binary', maxLength: 40 })
const nasty = fc.string({ unit: fc.constantFrom('\x1b', '\n', '\r', '\u0085', '\u202e', '\u2028', '#', '[', ':', 'error', ']', '\ud800', 'é', '🙂'), maxLength: 20 })

t.test('control characters are shown by their number, the common ones by their name', async t => {
  t.equal(escaped('\x1b[2J'), '\\x1b[2J')
  t.equal(escaped('a\n::error'), 'a\\n::error')
  t.equal(escaped('\r\t\0\x7f\x9b'), '\\r\\t\\x00\\x7f\\x9b')
})

t.test('characters that reorder, separate or hide text are shown by their number', async t => {
  t.equal(escaped('a\u202eb\u2066c\u2028d\ufeff'), 'a\\u{202e}b\\u{2066}c\\u{2028}d\\u{feff}')
})

t.test('half a surrogate pair is shown by its number, a whole one as the character it is', async t => {
  t.equal(escaped('\ud83d'), '\\u{d83d}')
  t.equal(escaped('\ude42'), '\\u{de42}')
  t.equal(escaped('🙂'), '🙂')
})

t.test('commands to a CI log are broken wherever they stand in a line', async t => {
  t.equal(escaped('x ##[error] ##vso[task.complete]'), 'x #\\x23[error] #\\x23vso[task.complete]')
  t.equal(escaped('# ## heading [x]'), '# ## heading [x]')
})

t.test('ordinary text stays as it is', async t => {
  for (const text of ['/srv/app/ünïcode dir/a.ts', 'C:\\app\\a.ts', '日本語', '']) t.equal(escaped(text), text)
})

t.test('no text keeps a character or a command that could do harm, and escaping twice changes nothing', async t => {
  fc.assert(fc.property(fc.oneof(anything, nasty), text => {
    const result = escaped(text)
    return harmless.test(result) && Buffer.from(result).toString() === result && !/##\w*\[/.test(result) && escaped(result) === result
  }))
  t.pass('held for every text tried')
})

t.test('JSON text means the same after it was made harmless', async t => {
  fc.assert(fc.property(fc.oneof(anything, nasty), fc.oneof(anything, nasty), (key, value) => {
    const json = escapedJson(JSON.stringify({ [key]: [value] }, null, 2))
    return harmless.test(json.replaceAll('\n', '')) && JSON.stringify(JSON.parse(json)) === JSON.stringify({ [key]: [value] })
  }))
  t.pass('held for every text tried')
})
