import crypto from 'node:crypto'
import t from 'tap'
import { detects } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

const skip = !('argon2' in crypto) && 'this Node has no crypto.argon2'

t.test('an argon2 derivation is pending at its line until it is done, and never when it is done at once', { skip }, async t => {
  await detects(t, { script: fixture('types', 'crypto-argon2.mjs'), types: 'all' })
})
