import t from 'tap'
import { detects } from '../support/detection.ts'
import { announces } from '../support/providers.ts'
import { fixture } from '../support/paths.ts'

const exporting = "crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign']).then(keys => crypto.subtle.exportKey('spki', keys.publicKey))"
const skip = !announces(exporting).includes('KEYEXPORTREQUEST') && 'this Node exports keys at once'

t.test('the export of a key is pending at its line until it is done', { skip }, async t => {
  await detects(t, { script: fixture('types', 'crypto-key-export.mjs'), types: 'all' })
})
