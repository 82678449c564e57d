import t from 'tap'
import { inRoot } from '../support/paths.ts'
import { runCommand } from '../support/run.ts'

const program = `import { Hang } from ${JSON.stringify(inRoot('dist/lib/adapters/watching/hang.js'))}
  let isStarted = false
  const hang = new Hang(1_000)
  hang.start({ aside(run) { isStarted = true; return run() } })
  hang.stop()
  console.log(isStarted)`

for (const [args, started] of [[[], true], [['test', '--watcher'], true], [['--watch'], false], [['-w'], false], [['--watchAll', '-i'], false]] as const) {
  t.test(`with ${args.join(' ') || 'no flags'} a process whose tests are over is ${started ? 'to end' : 'to go on'}`, async t => {
    t.match(await runCommand([process.execPath, '--input-type=module', '-e', program, '--', ...args]), { stdout: `${started}\n`, stderr: '' })
  })
}
