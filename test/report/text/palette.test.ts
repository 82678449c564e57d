import t from 'tap'
import { palette } from '../../../lib/report/text/palette.ts'

t.test('without colour every style leaves the text as it is', async t => {
  for (const style of Object.values(palette({ colour: false }))) t.equal(style('x'), 'x')
})

t.test('with colour every style is switched on before the text and off after it', async t => {
  for (const style of Object.values(palette({ colour: true }))) t.match(style('x'), /^\x1b\[\d+mx\x1b\[\d+m$/)
  t.equal(palette({ colour: true }).alarm('x'), '\x1b[31mx\x1b[39m')
})
