import { existsSync } from 'node:fs'
import t from 'tap'
import { types } from '../../lib/model/resource.ts'
import { inRoot } from '../support/paths.ts'

t.test('every type that is recorded has a test of its own', async t => {
  t.strictSame([...types.keys()].filter(type => !existsSync(inRoot(`test/types/${type.toLowerCase()}.test.ts`))), [])
})
