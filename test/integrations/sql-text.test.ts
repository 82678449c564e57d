import fc from 'fast-check'
import t from 'tap'
import { masked, statementsOf, statementText } from '../../lib/integrations/database/sql-text.ts'
import { leftBy } from '../../lib/integrations/postgres/connection.ts'

t.test('literals are masked, and names, placeholders and structure are not', async t => {
  const standard: Readonly<Record<string, string>> = {
    "select * from orders where name = 'O''Brien' and id = 42": 'select * from orders where name = ? and id = ?',
    "select E'it\\'s' || 'c:\\' || 'end'": 'select ? || ? || ?',
    'select "o\'brien", t1.c2 from t1 where a = $1 and b > 1.5e10': 'select "o\'brien", t1.c2 from t1 where a = $1 and b > ?',
    'do $body$ begin perform 1; end $body$': 'do ?',
    "select 1 -- the key is 'k'\n, 2 /* or 'l' */": 'select ? , ?',
    "select 'not closed": 'select ?',
    'select .123456789, 1.5, -.5 from t1.c2 where a.b1 = $1': 'select ?, ?, -? from t1.c2 where a.b1 = $1',
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

t.test('nothing of a literal is in a text that is cut within it', async t => {
  const around = fc.string({ unit: fc.constantFrom("'", '"', '\\', '$', 'a', ' ') })
  fc.assert(fc.property(around, fc.nat(40), (before, cutAt) => {
    const data = `${before}SECRET`
    const standard = `select '${data.replaceAll("'", "''")}'`
    const mysql = `select '${data.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
    const escaped = `select E'${data.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
    return [masked(standard.slice(0, cutAt), 'standard'), masked(escaped.slice(0, cutAt), 'standard'), masked(mysql.slice(0, cutAt), 'mysql')].every(text => !/S/.test(text))
  }))
  t.pass()
})

t.test('of a bulk insert the beginning is read', async t => {
  const bulk = `insert into t values ${"('name', 1), ".repeat(400_000)}`
  t.match(masked(bulk, 'standard'), /^insert into t values \(\?, \?\), [^\n]*…$/)
  t.equal(masked(`insert into t values ('${'a'.repeat(20_000_000)}')`, 'mysql'), 'insert into t values (?…')
  t.equal(masked(`insert into t values ('${'a'.repeat(4_000)}')`, 'mysql'), 'insert into t values (?)')
})

t.test('the text of what a driver takes is its own, its text or its sql', async t => {
  t.strictSame(['a', { text: 'b' }, { sql: 'c' }, { text: 1 }, null, undefined, 1].map(statementText), ['a', 'b', 'c', null, null, null, null])
})

t.test('a text is told apart into its statements', async t => {
  t.strictSame(statementsOf(`select 'a;b'; -- one; two\nlisten "x;y" ;`, 'standard'), ['select ?', 'listen "x;y"', ''])
})

t.test('a statement listens if it says so, and not if its data, names or comments do', async t => {
  for (const sql of ['LISTEN news', 'select 1; listen "Other"', '/* now */ unlisten *', 'discard  all;', "select 'x'; unlisten news"]) t.equal(leftBy(sql), 'pg.Listener', sql)
  for (const sql of ['select id, listen from plays', "select 'please listen carefully'", 'select 1 -- listen here', 'select "listen to" from t', 'select 1']) t.equal(leftBy(sql), null, sql)
})
