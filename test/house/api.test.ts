import { existsSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { inRoot } from '../support/paths.ts'
import { surfaceOf } from './declarations.ts'
import { textOf } from './sources.ts'

const record = 'test/house/api.txt'
const entries = [
  { name: 'leakwatch', path: 'dist/lib/index.d.ts' },
  ...['jest', 'mocha', 'node-test', 'tap', 'vitest'].map(name => ({ name: `leakwatch/${name}`, path: `dist/lib/adapters/${name}.d.ts` })),
  { name: 'leakwatch/mysql2', path: 'dist/lib/integrations/mysql2.d.ts' },
  { name: 'leakwatch/otel', path: 'dist/lib/integrations/otel.d.ts' },
  { name: 'leakwatch/pg', path: 'dist/lib/integrations/pg.d.ts' },
  { name: 'leakwatch/sqlite', path: 'dist/lib/integrations/sqlite.d.ts' },
  { name: 'leakwatch/register', path: 'dist/lib/register.d.ts' },
]

t.test('the public surface is the one on record; UPDATE_API=1 records a change that is meant', async t => {
  const surface = entries.map(({ name, path }) => `# ${name}\n\n${surfaceOf(path)}`).join('\n')
  if (process.env.UPDATE_API === '1') writeFileSync(inRoot(record), surface)
  t.equal(surface, existsSync(inRoot(record)) ? textOf(record) : '')
})
