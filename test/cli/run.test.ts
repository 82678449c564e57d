import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { matches } from '../support/matches.ts'
import { fixture, inRoot } from '../support/paths.ts'
import { runCommand } from '../support/run.ts'
import { leakwatch, scratch } from './leakwatch.ts'

const holds = fixture('cli', 'holds.mjs')
const waits = fixture('cli', 'waits.mjs')
const leak = /^leakwatch: 2 leaks from 1 line at exit .*\n\n2 file descriptors opened at .*holds\.mjs:5:/

t.test('a file is run by Node, with its arguments, and what it leaves open is told', async t => {
  const { code, stdout, stderr } = await leakwatch(['run', holds, '2'])
  t.match({ code, stdout }, { code: 0, stdout: '' })
  t.match(stderr, leak)
  t.match(await leakwatch(['run', holds, '0']), { code: 0, stdout: '', stderr: '' })
})

t.test('so is one without its ending, one of a folder, and one that may not be executed', async t => {
  const directory = scratch(t)
  const program = 'require("fs").openSync(__filename)'
  writeFileSync(join(directory, 'index.js'), program)
  writeFileSync(join(directory, 'tool'), program)
  for (const name of ['index', '.', 'tool']) t.match((await leakwatch(['run', name], { cwd: directory })).stderr, '1 file descriptor opened at ', name)
})

t.test('a file that names its interpreter is run by that, with the flags that it gives', async t => {
  const directory = scratch(t)
  writeFileSync(join(directory, 'tool'), `#!/usr/bin/env -S ${process.execPath} --title=own\nrequire("fs").openSync(__filename); console.log(process.title)`)
  chmodSync(join(directory, 'tool'), 0o700)
  for (const name of ['tool', './tool']) t.match(await leakwatch(['run', name], { cwd: directory }), { code: 0, stdout: 'own\n', stderr: /1 file descriptor opened at tool:2:/ })
})

t.test('a folder hides no command of its name', async t => {
  const directory = scratch(t)
  mkdirSync(join(directory, 'echo'))
  t.match(await leakwatch(['run', 'echo', 'said'], { cwd: directory }), { code: 0, stdout: 'said\n', stderr: '' })
})

t.test('messages of a parent reach the program, and those of the program its parent', async t => {
  const directory = scratch(t)
  writeFileSync(join(directory, 'answers.cjs'), 'process.on("message", message => { process.send(message + 1); process.disconnect() })')
  writeFileSync(join(directory, 'asks.cjs'), `const child = require("child_process").spawn(process.execPath, [${JSON.stringify(inRoot('dist/lib/bin.js'))}, "run", "answers.cjs"], { stdio: ["ignore", "inherit", "inherit", "ipc"] })
    child.on("message", message => console.log(message)).on("exit", code => console.log("code", code))
    child.send(41)`)
  t.match(await runCommand([process.execPath, 'asks.cjs'], { cwd: directory }), { stdout: '42\ncode 0\n', stderr: '' })
})

t.test('they are what they were, also where the parent sends more than JSON can hold', { skip: process.platform !== 'linux' }, async t => {
  const directory = scratch(t)
  writeFileSync(join(directory, 'answers.cjs'), 'process.on("message", message => { process.send(new Map([[message.get("asked") + 1n, new Date(0)]])); process.disconnect() })')
  writeFileSync(join(directory, 'asks.cjs'), `const child = require("child_process").spawn(process.execPath, [${JSON.stringify(inRoot('dist/lib/bin.js'))}, "run", "answers.cjs"], { stdio: ["ignore", "inherit", "inherit", "ipc"], serialization: "advanced" })
    child.on("message", message => console.log(message)).on("exit", code => console.log("code", code))
    child.send(new Map([["asked", 41n]]))`)
  t.match(await runCommand([process.execPath, 'asks.cjs'], { cwd: directory }), { stdout: 'Map(1) { 42n => 1970-01-01T00:00:00.000Z }\ncode 0\n', stderr: '' })
})

t.test('a parent that lets go of the channel while it is sent messages does not disturb the program', async t => {
  const directory = scratch(t)
  writeFileSync(join(directory, 'tells.cjs'), `process.on("error", () => {}).on("disconnect", () => process.exit(7))
    setInterval(() => { for (let count = 0; count < 50 && process.connected; count++) process.send("x".repeat(5_000)) })`)
  writeFileSync(join(directory, 'parent.cjs'), `const child = require("child_process").spawn(process.execPath, [${JSON.stringify(inRoot('dist/lib/bin.js'))}, "run", "tells.cjs"], { stdio: ["ignore", "inherit", "inherit", "ipc"] })
    child.on("message", () => { if (child.connected) child.disconnect() }).on("exit", code => console.log("code", code))`)
  t.match(await runCommand([process.execPath, 'parent.cjs'], { cwd: directory }), { stdout: 'code 7\n', stderr: '' })
})

t.test('node is the Node that runs leakwatch, with flags of its own', async t => {
  const { stdout, stderr } = await leakwatch(['run', 'node', '--expose-gc', '-p', 'require("fs").openSync(process.execPath); `${typeof gc} ${process.execPath}`'], { env: { PATH: '' } })
  t.equal(stdout, `function ${process.execPath}\n`)
  t.match(stderr, '1 leak from 1 line at exit')
})

t.test('of any other command all processes of Node are watched, with what NODE_OPTIONS had', async t => {
  const { code, stdout, stderr } = await leakwatch(['run', 'sh', '-c', `"${process.execPath}" "$0" 2 && "${process.execPath}" -p process.title`, holds], { env: { NODE_OPTIONS: '--title=own' } })
  t.match({ code, stdout }, { code: 0, stdout: 'own\n' })
  t.match(stderr, leak)
})

t.test('it ends with the code of the program, and with --exit-code where that leaks and succeeds', async t => {
  const codeOf = async (...args: string[]) => (await leakwatch(args)).code
  t.strictSame([await codeOf('run', holds, '1', '5'), await codeOf('run', '--exit-code', '9', holds, '1', '5')], [5, 5])
  t.strictSame([await codeOf('run', '--exit-code', '9', holds, '1'), await codeOf('run', '--exit-code', '9', holds, '0')], [9, 0])
})

t.test('a signal reaches the program, and it ends by the one that the program ended by', async t => {
  t.match(await leakwatch(['run', waits], { signalAfterOutput: { output: 'ready', signal: 'SIGTERM' } }), { code: 7, signal: null })
  t.match(await leakwatch(['run', waits], { signalAfterOutput: { output: 'ready', signal: 'SIGINT' } }), { code: null, signal: 'SIGINT' })
})

t.test('the signal that is asked for makes the program report', async t => {
  const { stderr } = await leakwatch(['run', '--signal', 'SIGWINCH', '--types', 'all', waits], {
    signalAfterOutput: [{ output: 'ready', signal: 'SIGWINCH' }, { output: 'keeps the process running', signal: 'SIGTERM' }],
  })
  t.match(stderr, '1 timer set at')
})

t.test('flags go before the environment, and paths start where the command was given', async t => {
  const directory = scratch(t)
  const { stderr } = await leakwatch(['run', '--types=fs', '--format=json', '--output={pid}.json', 'sh', '-c', `cd / && "${process.execPath}" "${holds}"`], { cwd: directory, env: { LEAKWATCH_TYPES: 'net' } })
  t.equal(stderr, '')
  const [name, ...others] = readdirSync(directory)
  t.strictSame(others, [])
  matches(t, JSON.parse(readFileSync(join(directory, name!), 'utf8')).leaks, [{ type: 'fd', count: 1 }])
})

t.test('what register would not understand is refused, and nothing is run', async t => {
  for (const [flags, said] of [
    [['--types', 'fss'], '--types wants a group or type that leakwatch records, but was given \'fss\'. Did you mean \'fs\'?'],
    [['--mode', 'ful'], '--mode wants one of off, count, adaptive, full, but was given \'ful\'. Did you mean \'full\'?'],
    [['--budget', '2'], '--budget wants a share of one core, such as 1% or 0.01, but was given \'2\'. Did you mean \'2%\'?'],
    [['--exit-code', '256'], '--exit-code wants a whole number from 1 to 255, but was given \'256\'.'],
    [['--when', 'signal'], '--when asks for a report at a signal, but --signal names none.'],
    [['--config', '/nowhere.json'], '--config: /nowhere.json can\'t be read'],
  ] as const) {
    const { code, stdout, stderr } = await leakwatch(['run', ...flags, 'node', '-p', '1'])
    t.match({ code, stdout }, { code: 2, stdout: '' })
    t.match(stderr, `leakwatch: ${said}`)
  }
  t.match(await leakwatch(['run', '--types', 'fss', 'node', '-p', '1'], { env: { LEAKWATCH_TYPES: 'fss' } }), { code: 2, stdout: '' })
  const { stderr } = await leakwatch(['run', '--exit-code', '1', 'node', '-p', '1'], { env: { LEAKWATCH_WHEN: 'emfile' } })
  t.equal(stderr, 'leakwatch: --exit-code is for leaks at exit, but LEAKWATCH_WHEN asks for no report there: add exit to it.\n')
})

t.test('from a directory that is gone a path is told as a whole', { skip: process.platform === 'win32' }, async t => {
  const from = (flag: string) => runCommand(['sh', '-c', `mkdir "$1" && cd "$1" && rmdir "$1" && exec "$2" "$3" run ${flag} "$4"`, 'sh', `${scratch(t)}/gone`, process.execPath, inRoot('dist/lib/bin.js'), holds])
  t.match(await from('--output report.txt'), { code: 2, stderr: /^leakwatch: --output report\.txt can't be told from here: the directory is gone \(.*\)\. Give an absolute path\.\n$/ })
})

t.test('what is wrong with the environment is said, and the program runs', async t => {
  const { code, stdout, stderr } = await leakwatch(['run', '--mode', 'full', 'node', '-p', '1'], { env: { LEAKWATCH: 'adaptive', LEAKWATCH_BUDGET: '2%' } })
  t.match({ code, stdout, stderr }, { code: 0, stdout: '1\n', stderr: 'leakwatch: LEAKWATCH_BUDGET is what stacks may take with LEAKWATCH=adaptive, but the mode is full.\n' })
  t.match(await leakwatch(['run', '--types', 'fs', 'node', '-p', '1'], { env: { LEAKWATCH_MODE: 'x' } }), { code: 0, stdout: '1\n', stderr: /^leakwatch: LEAKWATCH_MODE is no setting/ })
})

t.test('what can\'t be run is named', async t => {
  const directory = scratch(t)
  t.match(await leakwatch(['run']), { code: 2, stderr: 'leakwatch: leakwatch run wants a program: leakwatch run [FLAGS] PROGRAM [ARGUMENTS]\n' })
  t.match(await leakwatch(['run', 'no-such-command']), { code: 2, stderr: 'leakwatch: \'no-such-command\' is neither a file for Node nor a command. leakwatch run wants a program, such as app.js.\n' })
  t.match(await leakwatch(['run', '']), { code: 2, stderr: /leakwatch run wants a program/ })
  t.match(await leakwatch(['run', 'x'.repeat(5_000)]), { code: 2, stderr: /can't be run \(.*ENAMETOOLONG/ })
  t.match(await leakwatch(['run', 'missing.js'], { cwd: directory }), { code: 1, stderr: /Cannot find module/ })
})

t.test('a hook of require sees the program, and a child no message is lost on', async t => {
  const directory = scratch(t)
  writeFileSync(join(directory, 'hook.cjs'), 'require("module").Module._extensions[".js"] = module => { module.exports = console.log("hooked") }')
  writeFileSync(join(directory, 'app.js'), 'odd')
  t.match(await leakwatch(['run', 'node', '-r', './hook.cjs', 'app.js'], { cwd: directory }), { code: 0, stdout: 'hooked\n', stderr: '' })
  writeFileSync(join(directory, 'child.cjs'), 'process.once("message", message => { console.log(message); process.disconnect() })')
  writeFileSync(join(directory, 'parent.cjs'), 'require("child_process").fork("./child.cjs").send("sent at once")')
  t.match(await leakwatch(['run', 'parent.cjs'], { cwd: directory }), { code: 0, stdout: 'sent at once\n' })
})

t.test('a program of a Node that is told not to require modules is watched', async t => {
  const { code, stderr } = await leakwatch(['run', holds, '2'], { env: { NODE_OPTIONS: '--no-experimental-require-module' } })
  t.equal(code, 0)
  t.match(stderr, leak)
})
