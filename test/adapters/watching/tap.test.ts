import t from 'tap'
import { inRoot } from '../../support/paths.ts'
import { runCommand } from '../../support/run.ts'

t.test('a tap that judges tests before their teardowns is told that it is too old', async t => {
  const script = `import { watchTests } from ${JSON.stringify(inRoot('dist/lib/adapters/tap.js'))}; watchTests({ on() { console.log('watched') }, teardown() {} })`
  const { code, stdout, stderr } = await runCommand([process.execPath, '--input-type=module', '-e', script])
  t.match({ code, stdout }, { code: 0, stdout: /^$/ })
  t.equal(stderr, 'leakwatch: no test is watched: this tap has no t.after(), and judges a test before its teardowns. leakwatch/tap needs tap 18 or later.\n')
})

t.test('a leak inside a package has a test point that is named for its line, not for the heading of its section', async t => {
  const directory = t.testdir({
    node_modules: { holder: { 'package.json': '{"name":"holder","version":"1.0.0"}', 'index.js': "exports.hold = () => require('node:fs').openSync('/dev/null')" } },
    'test.cjs': `const t = require('tap'); require(${JSON.stringify(inRoot('dist/lib/adapters/tap.js'))}).watchTests(t)
t.test('holds', async () => { require('holder').hold() })`,
  })
  const { stdout } = await runCommand([process.execPath, `${directory}/test.cjs`])
  t.match(stdout, /^not ok 2 - 1 file descriptor opened by holder@1\.0\.0 at .*index\.js:1:\d+/m)
  t.notMatch(stdout, /^not ok \d+ - leaks inside packages/m)
})
