import { fileURLToPath } from 'node:url'
import t from 'tap'
import { announcesPromises } from '../support/detection.ts'
import { whyUnsupported } from '../../lib/session/runtime.ts'
import { inRoot, registerUrl } from '../support/paths.ts'
import { runNode } from '../support/run.ts'

t.test('the running Node is supported', async t => {
  t.equal(whyUnsupported(), null)
})

t.test('every Node from its floor on is supported', async t => {
  for (const node of ['20.19.0', '20.20.2', '22.12.0', '22.23.3', '24.0.0', '25.1.0', '26.10.0', '31.0.0']) t.equal(whyUnsupported({ node }), null, node)
})

t.test('a Node below its floor is named with what is wanted', async t => {
  for (const node of ['0.12.0', '18.20.0', '20.18.3', '21.7.3', '22.11.0', '23.11.1']) {
    t.equal(whyUnsupported({ node }), `Node ${node} is not supported: leakwatch needs Node 20.19 or later of 20, 22.12 or later of 22, or 24 and later.`)
  }
})

t.test('Bun and Deno are named, whatever Node they say to be', async t => {
  t.match(whyUnsupported({ node: '24.3.0', bun: '1.3.0' }), /^bun 1\.3\.0 does not announce async resources \(its createHook does nothing\)/)
  t.match(whyUnsupported({ node: '24.3.0', deno: '2.8.0' }), /^deno 2\.8\.0 does not/)
})

const bun = 'data:text/javascript,Object.defineProperty(process.versions, "bun", { value: "1.3.0" })'
const old = 'data:text/javascript,Object.defineProperty(process.versions, "node", { value: "18.20.0" })'
const stubbed = 'data:text/javascript,import h from "node:async_hooks"; import { syncBuiltinESMExports as s } from "node:module"; h.createHook = () => ({ enable() { return this }, disable() { return this } }); s()'

for (const [what, preload, says] of [
  ['Bun', bun, /^leakwatch: nothing is recorded: bun 1\.3\.0 does not announce/],
  ['a Node below the floor', old, /^leakwatch: nothing is recorded: Node 18\.20\.0 is not supported/],
  ['a runtime with a createHook that does nothing', stubbed, /^leakwatch: nothing is recorded: this runtime does not announce async resources/],
] as const) {
  t.test(`under ${what} register says so once and the program runs untouched`, async t => {
    const { code, stdout, stderr, report } = await runNode({ eval: 'require("fs").openSync(process.execPath); console.log("ran")', before: [preload] })
    t.match({ code, stdout, report }, { code: 0, stdout: 'ran\n', report: null })
    t.match(stderr, says)
    t.equal(stderr.trim().split('\n').length, 1)
  })

  t.test(`under ${what} an adapter says so, and the tests run as they are`, async t => {
    const program = 'require("node:test").test("leaks", () => { require("fs").openSync(process.execPath) })'
    const { code, stdout, stderr } = await runNode({ eval: program, register: inRoot('dist/lib/adapters/node-test.js'), before: [preload] })
    t.equal(code, 0)
    t.match(stdout, 'leaks')
    t.match(stderr, says)
  })
}

t.test('a Node without process.getBuiltinModule is told so, since nothing of leakwatch can be loaded there', async t => {
  const { code, stdout, stderr } = await runNode({ eval: 'console.log("ran")', before: ['data:text/javascript,delete process.getBuiltinModule'] })
  t.match({ code, stdout }, { code: 0, stdout: 'ran\n' })
  t.equal(stderr, `leakwatch: nothing is recorded: Node ${process.versions.node} is not supported: leakwatch needs Node 20.19 or later.\n`)
})

t.test('under Bun watch throws ERR_LEAKWATCH_RUNTIME', async t => {
  const program = `const { watch } = await import(${JSON.stringify(new URL('../../lib/index.js', import.meta.url).href)})
    try { watch() } catch (error) { console.log(error.code) }`
  const { stdout } = await runNode({ eval: program, register: false, before: [bun], flags: ['--input-type=module'] })
  t.equal(stdout, 'ERR_LEAKWATCH_RUNTIME\n')
})

t.test('the question leaves promises of the same turn unmarked', { skip: announcesPromises() && 'hooks are told of every promise' }, async t => {
  const program = 'console.log(Object.getOwnPropertySymbols(Promise.resolve()).length)'
  const { stdout } = await runNode({ eval: program, register: false, flags: ['-r', fileURLToPath(registerUrl)] })
  t.equal(stdout, '0\n')
})
