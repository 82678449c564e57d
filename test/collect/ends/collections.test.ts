import t from 'tap'
import { runNode } from '../../support/run.ts'

t.test('a collector that runs as the process ends finds nothing of ours to tell, which Node would abort for', async t => {
  const program = `
    const { track } = require(${JSON.stringify(new URL('../../../lib/main.cjs', import.meta.url).pathname)})
    require('node:fs').promises.open(process.execPath).then(async handle => {
      await handle.close()
      track('tag', { object: {} })
      // Comes after the last listener of 'exit', and after what leakwatch does there.
      const { emit } = process
      process.emit = function (...args) {
        const result = Reflect.apply(emit, this, args)
        if (args[0] === 'exit') gc()
        return result
      }
    })`
  const { code, signal, stderr } = await runNode({ eval: program, flags: ['--expose-gc', '--abort-on-uncaught-exception'] })
  t.strictSame({ code, signal, stderr }, { code: 0, signal: null, stderr: '' })
})
