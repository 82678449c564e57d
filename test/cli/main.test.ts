import { readFileSync } from 'node:fs'
import t from 'tap'
import { commands } from '../../lib/cli/line/commands.ts'
import { inRoot } from '../support/paths.ts'
import { leakwatch } from './leakwatch.ts'

t.test('without a command it tells them all, as with --help', async t => {
  const { code, stdout, stderr } = await leakwatch([])
  t.match({ code, stderr }, { code: 2, stderr: '' })
  for (const { usage } of Object.values(commands)) t.match(stdout, `\n  leakwatch ${usage} `)
  t.match(await leakwatch(['--help']), { code: 0, stdout })
})

t.test('each command tells its flags', async t => {
  for (const [name, { flags, usage }] of Object.entries(commands)) {
    const { code, stdout } = await leakwatch([name, '--help'])
    t.equal(code, 0)
    t.ok(stdout.startsWith(`leakwatch ${usage}\n`))
    for (const flag of Object.keys(flags)) t.match(stdout, `\n  --${flag} `)
    t.match(await leakwatch([name, '-h']), { code: 0, stdout })
  }
})

t.test('it tells the version of the package', async t => {
  t.equal((await leakwatch(['--version'])).stdout, `${JSON.parse(readFileSync(inRoot('package.json'), 'utf8')).version}\n`)
})

t.test('what is no command is named, with the nearest one and how a program is run', async t => {
  t.match(await leakwatch(['rnu', 'app.js']), { code: 2, stdout: '', stderr: 'leakwatch: \'rnu\' is no command. Did you mean \'run\'? To run a program: leakwatch run rnu\n' })
  t.match(await leakwatch(['./app.js']), { code: 2, stderr: 'leakwatch: \'./app.js\' is no command. Valid are run, attach, report, diff. To run a program: leakwatch run ./app.js\n' })
})
