import t from 'tap'
import { ways } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'
import { runNode } from '../support/run.ts'

for (const { name, before } of ways) {
  t.test(`objects whose methods open files are collected while their descriptors are open, ${name}`, async t => {
    const { code, stdout, stderr, report } = await runNode({ script: fixture('collect', 'retention.mjs'), before })
    t.match({ code, stderr }, { code: 0, stderr: '' })
    t.match(stdout, /^open: true$/m)
    for (const line of stdout.trim().split('\n').slice(0, -1)) {
      const [method, alive] = line.split(': ')
      // What ran last may still lie in a register or on the stack.
      t.ok(Number(alive) <= 1, `${method}: ${alive} of 50 are alive`)
    }
    t.equal(stdout.trim().split('\n').length, 9)
    const openers = report.leaks.filter(({ type }: { type: string }) => ['fd', 'FILEHANDLE', 'DIRHANDLE'].includes(type))
    t.strictSame(openers.map(({ count }: { count: number }) => count), [50, 50, 50, 50, 50], 'and each is named by its line')
  })
}

t.test('requests that each make the next in their callbacks hold none of those before', async t => {
  const program = `const fs = require('fs')
    class Owner { ballast = new Array(1_000).fill(0); ask(then) { fs.stat(process.execPath, () => then()) } }
    let gone = 0
    const registry = new FinalizationRegistry(() => gone++)
    let left = 600
    const next = () => {
      if (left-- === 0) {
        gc()
        setTimeout(() => { gc(); setTimeout(() => console.log(gone > 550), 10) }, 10)
        return
      }
      const owner = new Owner()
      registry.register(owner, null)
      owner.ask(next)
    }
    fs.openSync(process.execPath)
    next()`
  for (const register of [false, true]) {
    const { stdout } = await runNode({ eval: program, flags: ['--expose-gc'], register })
    t.equal(stdout, 'true\n', register ? 'watched' : 'bare')
  }
})

t.test('what set a timer is collected by the next collection while the timer runs', async t => {
  const program = `class Owner { ballast = new Array(1_000).fill(0); later() { return setTimeout(() => {}, 300_000).unref() } }
    let isGone = false
    const registry = new FinalizationRegistry(() => { isGone = true })
    const timers = []
    function set() { const owner = new Owner(); registry.register(owner, null); timers.push(owner.later()) }
    set()
    setTimeout(() => { gc(); setTimeout(() => console.log(isGone), 10) }, 10)`
  for (const register of [false, true]) {
    const { stdout } = await runNode({ eval: program, flags: ['--expose-gc'], register, types: 'timers' })
    t.equal(stdout, 'true\n', register ? 'watched' : 'bare')
  }
})
