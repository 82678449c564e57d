import t from 'tap'
import { json } from '../../lib/report/json.ts'
import { buildReport } from '../support/report-builder.ts'
import { schemaFaults } from '../support/report-schema.ts'

const at = 'src/a.ts:1:1 in f'

t.test('the text parses back to the report, is indented by two and ends with a newline', async t => {
  const report = buildReport({ resources: [{ at, target: 'a\n::error\u202e\x1b[2J\x9b ##[error]' }] })
  const text = json(report)
  t.strictSame(JSON.parse(text), report)
  t.strictSame(schemaFaults(JSON.parse(text)), [])
  t.match(text, /^\{\n  "schema": "leakwatch-report\/1",\n  "reason": "exit",\n/)
  t.match(text, /\n\}\n$/)
})

t.test('what comes from outside drives neither a terminal nor a CI log', async t => {
  const text = json(buildReport({ resources: [{ at, target: 'a\n::error\u202e\x1b[2J\x9b ##[error]' }] }))
  t.match(text, '"target": "a\\n::error\\u202e\\u001b[2J\\u009b #\\u0023[error]"')
})
