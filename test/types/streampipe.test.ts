import t from 'tap'
import { detects } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'

t.test('the pipe from a file to an HTTP/2 stream is pending at its line until the file is sent', async t => {
  await detects(t, { script: fixture('types', 'stream-pipe.mjs'), types: 'STREAMPIPE' }, { ignoreUnexplained: true })
})
