import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { commands } from '../../lib/cli/line/commands.ts'
import { inRoot } from '../support/paths.ts'
import { leakwatch, scratch } from './leakwatch.ts'

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

t.test('what it says drives no terminal, whatever it was given', async t => {
  const directory = scratch(t)
  for (const [name, content] of [['a.json', '\x1b[2J'], ['b.json', '{"schema":"\\u001b[2J"}'], ['c.json', '{"schema":"leakwatch-report/1"}\u202e']] as const) writeFileSync(join(directory, name), content)
  for (const args of [['\x1b[2J'], ['run', '--types', '\x1b[2J', 'a.js'], ['report', '\x1b[2J'], ['report', 'a.json'], ['report', 'b.json'], ['report', 'c.json']]) {
    const { code, stderr } = await leakwatch(args, { cwd: directory })
    t.equal(code, 2)
    t.match(stderr, /^leakwatch: [^\u0000-\u001f\u007f-\u009f\u202e]+\n$/)
  }
})

t.test('what is no command is named, with the nearest one and how a program is run', async t => {
  t.match(await leakwatch(['rnu', 'app.js']), { code: 2, stdout: '', stderr: 'leakwatch: \'rnu\' is no command. Did you mean \'run\'? To run a program: leakwatch run rnu\n' })
  t.match(await leakwatch(['./app.js']), { code: 2, stderr: 'leakwatch: \'./app.js\' is no command. Valid are run, attach, report, diff. To run a program: leakwatch run ./app.js\n' })
})
