import t from 'tap'
import { inRoot } from '../../support/paths.ts'
import { runCommand } from '../../support/run.ts'

t.test('a tap that judges tests before their teardowns is told that it is too old', async t => {
  const script = `import { watchTests } from ${JSON.stringify(inRoot('dist/lib/adapters/tap.js'))}; watchTests({ on() { console.log('watched') }, teardown() {} })`
  const { code, stdout, stderr } = await runCommand([process.execPath, '--input-type=module', '-e', script])
  t.match({ code, stdout }, { code: 0, stdout: /^$/ })
  t.equal(stderr, 'leakwatch: no test is watched: this tap has no t.after(), and judges a test before its teardowns. leakwatch/tap needs tap 18 or later.\n')
})
