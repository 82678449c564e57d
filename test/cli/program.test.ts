import t from 'tap'
import { startOf } from '../../lib/cli/program.ts'

t.test('the path of the preload may hold spaces and quotes', async t => {
  const { NODE_OPTIONS } = startOf(['npm', 'start'], '/a b/"c"/register.js').env
  t.match(NODE_OPTIONS, /^-r "\/a b\/\\"c\\"\/register\.js"( |$)/)
})
