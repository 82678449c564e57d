import fc from 'fast-check'
import t from 'tap'
import { masked, textOf } from '../../lib/integrations/database/sql-text.ts'

t.test('literals are masked, and names, placeholders and structure are not', async t => {
  const standard: Readonly<Record<string, string>> = {
    "select * from orders where name = 'O''Brien' and id = 42": 'select * from orders where name = ? and id = ?',
    "select E'it\\'s' || 'c:\\' || 'end'": 'select ? || ? || ?',
    'select "o\'brien", t1.c2 from t1 where a = $1 and b > 1.5e10': 'select "o\'brien", t1.c2 from t1 where a = $1 and b > ?',
    'do $body$ begin perform 1; end $body$': 'do ?',
    "select 1 -- the key is 'k'\n, 2 /* or 'l' */": 'select ? , ?',
    "select 'not closed": 'select ?',
    'select  \n\t x': 'select x',
  }
  for (const [sql, text] of Object.entries(standard)) t.equal(masked(sql, 'standard'), text)
  const mysql: Readonly<Record<string, string>> = {
    'select `o\'brien` from t where a = "x" and b = ? and c = \'it\\\'s\' # and d': 'select `o\'brien` from t where a = ? and b = ? and c = ?',
    "select 'a' \"b' c\" 0x41": 'select ? ? ?',
  }
  for (const [sql, text] of Object.entries(mysql)) t.equal(masked(sql, 'mysql'), text)
})

t.test('whatever is put into a literal, by the rules of its dialect, is not in the text', async t => {
  const secret = 'SECRET'
  const around = fc.string({ unit: fc.constantFrom("'", '"', '\\', '-', '/', '*', '$', '`', '#', ' ', 'a', '\n') })
  fc.assert(fc.property(around, around, (before, after) => {
    const data = `${before}${secret}${after}`
    const standard = masked(`select '${data.replaceAll("'", "''")}', 1 from a`, 'standard')
    const mysql = masked(`select '${data.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}', 1 from a`, 'mysql')
    return [standard, mysql].every(text => text === 'select ?, ? from a')
  }))
  t.pass()
})

t.test('a long text is cut, and is one line', async t => {
  const text = masked(`select ${'name, '.repeat(100)}\n id`, 'standard')
  t.equal(text.length, 200)
  t.match(text, /^select name, [^\n]*…$/)
})

t.test('the text of what a driver takes is its own, its text or its sql', async t => {
  t.strictSame(['a', { text: 'b' }, { sql: 'c' }, { text: 1 }, null, undefined, 1].map(textOf), ['a', 'b', 'c', null, null, null, null])
})
