// Programs that lock `process`, before leakwatch comes or while it records.
import t from 'tap'
import { matches } from '../support/matches.ts'
import { inRoot } from '../support/paths.ts'
import { runNode } from '../support/run.ts'

const dataUrl = (program: string) => `data:text/javascript,${encodeURIComponent(program)}`
const api = JSON.stringify(new URL('dist/lib/index.js', `file://${inRoot('')}`).href)

for (const locks of [
  'Object.preventExtensions(process)',
  "Object.defineProperty(process, 'reallyExit', { value: process.reallyExit, writable: false, configurable: false })",
]) {
  for (const end of ['', 'process.exit()']) {
    t.test(`a program is recorded after ${locks}, and ends as it would: ${end}`, async t => {
      const { code, stderr, report } = await runNode({ eval: `require('fs').openSync(process.execPath); ${end}`, before: [dataUrl(locks)] })
      t.match({ code, stderr }, { code: 0, stderr: '' })
      matches(t, report, { complete: true, leaks: [{ type: 'fd', count: 1 }] })
    })
  }
}

t.test('tags, scopes, watches and assertions do what they do where nothing can be put on `process`', async t => {
  const { code, stderr, stdout } = await runNode({
    register: false,
    flags: ['--input-type=module'],
    eval: `import fs from 'node:fs'
      Object.preventExtensions(process)
      const { track, scope, watch, assertNoLeaks, isLeakError, Tracker } = await import(${api})
      const tracker = new Tracker('all')
      tracker.track('kept')
      track('given').close()
      console.log(tracker.close().leaks.length, scope('job', ({ name }) => name))
      const w = watch({ types: ['fd'], settleMs: 0 })
      const other = watch({ types: ['fd'] })
      fs.openSync(process.execPath)
      console.log((await w.check()).leaks.length, other.snapshot().resources.length)
      other.stop()
      w.stop()
      console.log(await assertNoLeaks(() => void fs.openSync(process.execPath)).catch(isLeakError))`,
  })
  t.match({ code, stderr }, { code: 0, stderr: '' })
  t.equal(stdout, '1 job\n1 1\ntrue\n')
})

t.test('a watch ends though `process` was frozen since, takes back its taps, and another one begins', async t => {
  const { code, stderr, stdout } = await runNode({
    register: false,
    flags: ['--input-type=module'],
    eval: `import fs from 'node:fs'
      import { watch } from ${api}
      const { openSync } = fs
      const w = watch({ types: ['fd'] })
      process.on('exit', () => {})
      Object.freeze(process)
      w.stop()
      console.log(fs.openSync === openSync)
      const next = watch({ types: ['fd'] })
      fs.openSync(process.execPath)
      fs.writeSync(1, next.snapshot().resources.length + '\\n')
      next.stop()
      console.log(fs.openSync === openSync)
      process.reallyExit(0)`,
  })
  t.match({ code, stderr }, { code: 0, stderr: '' })
  t.equal(stdout, 'true\n1\ntrue\n')
})
