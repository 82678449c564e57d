import { existsSync } from 'node:fs'
import t from 'tap'
import { types } from '../../lib/model/resource.ts'
import { inRoot } from '../support/paths.ts'

const covered: readonly string[] = ['fs', 'requests', 'net']

t.test('every type of fs, requests and net has a test of its own', async t => {
  const names = [...types].filter(([, { group }]) => covered.includes(group)).map(([type]) => type)
  t.strictSame(names.filter(type => !existsSync(inRoot(`test/types/${type.toLowerCase()}.test.ts`))), [])
})
