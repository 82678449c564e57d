import t from 'tap'
import { detects } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('the pipe from a file to an HTTP/2 stream is pending at its line until the file is sent', async t => {
  await detects(t, { script: fixture('types', 'stream-pipe.mjs'), types: 'STREAMPIPE' }, { type: 'STREAMPIPE', ignoreUnexplained: true })
})

t.test('the handle that Node makes of a number it sends from is not blamed', async t => {
  await detects(t, { script: fixture('types', 'stream-pipe.mjs'), types: 'fs,requests' }, { type: 'FILEHANDLE', ignoreUnexplained: true })
})
