import t from 'tap'
import { excerpt } from '../../../lib/report/text/excerpt.ts'
import { palette } from '../../../lib/report/text/palette.ts'

const style = palette({ colour: false })
const file = '/srv/app/a.ts'

function shown(source: readonly string[], line: number | null, column: number | null) {
  return excerpt({ function: null, file, line, column }, new Map([[file, source]]), style)
}

t.test('the line is shown between its neighbours, its column marked', async t => {
  t.strictSame(shown(['a', 'b', 'c', "const fd = openSync('x')", 'd', 'e', 'f'], 4, 12), [
    '  2 | b',
    '  3 | c',
    "> 4 | const fd = openSync('x')",
    '    |            ^',
    '  5 | d',
    '  6 | e',
  ])
})

t.test('line numbers are aligned, and blank lines at either end left out', async t => {
  const source = [...Array<string>(8).fill('x'), '', 'open()', '', '']
  t.strictSame(shown(source, 10, 1), ['   8 | x', '   9 |', '> 10 | open()', '     | ^'])
  t.strictSame(shown(['open()'], 1, 1), ['> 1 | open()', '    | ^'])
})

t.test('the mark is under the column behind tabs, wide characters and escapes', async t => {
  t.strictSame(shown(['\tопен(open())'], 1, 7), ['> 1 |   опен(open())', '    |        ^'])
  t.strictSame(shown(["f('日本', open())"], 1, 9), ["> 1 | f('日本', open())", '    |           ^'])
  t.strictSame(shown(["f('\x1b', open())"], 1, 8), ["> 1 | f('\\x1b', open())", '    |           ^'])
})

t.test('of a line of any length a window is shown that holds the column', async t => {
  const lines = shown([`${'a'.repeat(5000)}open()${'b'.repeat(5000)}`], 1, 5001)
  t.equal(lines[0]!.length, 6 + 3 + 110 + 3)
  t.equal(lines[0]!.slice(lines[1]!.indexOf('^')).slice(0, 6), 'open()')
  const short = shown([`open()${'b'.repeat(5000)}`], 1, 1)
  t.match(short[0], /^> 1 \| open\(\)b+\.\.\.$/)
})

t.test('without a column nothing is marked', async t => {
  t.strictSame(shown(['open()'], 1, null), ['> 1 | open()'])
})

t.test('nothing is shown of a source that is not at hand or ends before the line', async t => {
  t.strictSame(shown(['a'], 2, 1), [])
  t.strictSame(shown(['a'], null, null), [])
  t.strictSame(excerpt({ function: null, file: '/srv/app/b.ts', line: 1, column: 1 }, new Map([[file, ['a']]]), style), [])
  t.strictSame(excerpt({ function: null, file: null, line: 1, column: 1 }, new Map([[file, ['a']]]), style), [])
})
