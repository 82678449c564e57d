import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { fixture, inRoot, registerUrl } from '../support/paths.ts'
import { runCommand } from '../support/run.ts'
import { leakwatch, scratch } from './leakwatch.ts'

const opens = fixture('cli', 'opens.mjs')
// Whatever listens at the usual port is left alone.
const ownPort = '--inspect-port=0'

// tap has a NODE_OPTIONS of its own.
function plainEnv(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...others } = process.env
  return others
}

/** A program that runs until the test is over. */
async function running(t: Test, flags: readonly string[], { args = [], env = {}, script = opens }: { readonly args?: readonly string[], readonly env?: Readonly<Record<string, string>>, readonly script?: string } = {}): Promise<ChildProcess & { readonly said: string }> {
  const child = spawn(process.execPath, [...flags, script, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...plainEnv(), ...env } })
  const closed = once(child, 'close')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await closed
  })
  const program = Object.assign(child, { said: '' })
  child.stderr!.setEncoding('utf8').on('data', (text: string) => { program.said += text })
  await once(child.stdout!, 'data')
  return program
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function addressOf(said: string): string {
  return /ws:\/\/(127\.0\.0\.1:\d+)\//.exec(said)![1]!
}

function isListening(address: string): Promise<boolean> {
  return fetch(`http://${address}/json/version`).then(({ ok }) => ok, () => false)
}

const held = /^leakwatch: \d+ open resources from 1 line at the signal .*\n\n\d+ file descriptors opened at .*opens\.mjs:5:3 in hold\n/

t.test('what a process opens from now on is told, with the line, though it knows nothing of leakwatch', async t => {
  const { pid, exitCode } = await running(t, [ownPort])
  const { code, stdout, stderr } = await leakwatch(['attach', '--for', '0.5', String(pid)])
  t.match({ code, stdout, stderr }, { code: 0, stdout: held, stderr: `leakwatch: process ${pid} is recorded from here on. Its report comes in 0.5 s, or at Ctrl-C.\n` })
  t.equal(exitCode, null)
})

t.test('so is what it opens by a function that it took from fs before', async t => {
  const script = join(scratch(t), 'takes.cjs')
  writeFileSync(script, "const { openSync } = require('fs')\nsetInterval(() => openSync(__filename), 20)\nconsole.log('on')\n")
  const { pid } = await running(t, [ownPort], { script })
  t.match((await leakwatch(['attach', '--for', '1', String(pid)])).stdout, /^\d+ file descriptors opened at .*takes\.cjs:2:19\n/m)
})

t.test('the inspector that was opened for it is closed again, and the program goes on', async t => {
  const program = await running(t, [ownPort])
  await leakwatch(['attach', '--for', '0', String(program.pid)])
  t.equal(await isListening(addressOf(program.said)), false)
  t.match((await leakwatch(['attach', '--for', '0.5', String(program.pid)])).stdout, held)
})

t.test('one that is recorded is told of at once, with all that it opened', async t => {
  const { pid } = await running(t, [ownPort, '--import', registerUrl])
  const { stdout, stderr } = await leakwatch(['attach', '--min-age', '0', String(pid)])
  t.match({ stdout, stderr }, { stdout: held, stderr: '' })
  t.match(stdout, ' 0 unexplained\n')
  t.match(stdout, '1 timer, not recorded')
  t.match((await leakwatch(['attach', '--types', 'timers', String(pid)])).stdout, /^leakwatch: no leaks at the signal/)
})

t.test('of one that captures but some stacks it is said how many were skipped', async t => {
  const { pid } = await running(t, [ownPort, '--import', registerUrl], { env: { LEAKWATCH: 'adaptive', LEAKWATCH_BUDGET: '0.0001%' }, args: ['1000'] })
  t.match((await leakwatch(['attach', '--min-age', '0', String(pid)])).stdout, /^\d+ of \d+ stacks were skipped: a higher LEAKWATCH_BUDGET captures more, LEAKWATCH=full all of them\.$/m)
})

t.test('the lines are those of the source, also of code that is compiled in memory', async t => {
  const { pid } = await running(t, [ownPort, '--import', import.meta.resolve('tsx')], { script: fixture('cli', 'typed.ts') })
  t.match((await leakwatch(['attach', '--for', '0.5', String(pid)])).stdout, /^leakwatch: \d+ open resources from 1 line at the signal .*\n\n\d+ file descriptors opened at .*typed\.ts:12:9 in hold\n/)
})

t.test('a flag that means nothing beside --snapshot is refused', async t => {
  for (const [flag, ...value] of [['--format', 'html'], ['--exit-code', '3'], ['--min-age', '2']]) {
    t.match(await leakwatch(['attach', '--snapshot', flag!, ...value, '1']), { code: 2, stdout: '', stderr: `leakwatch: --snapshot prints all that is open, as JSON: ${flag} means nothing there. Leave it out.\n` })
  }
})

t.test('two snapshots of it are compared by what was opened between them', async t => {
  const { pid } = await running(t, [ownPort, '--import', registerUrl])
  const take = async () => (await leakwatch(['attach', '--snapshot', String(pid)])).stdout
  const before = await take()
  const directory = scratch(t)
  writeFileSync(`${directory}/before.json`, before)
  writeFileSync(`${directory}/after.json`, await take())
  const { leaks: [leak] } = JSON.parse((await leakwatch(['diff', '--format', 'json', 'before.json', 'after.json'], { cwd: directory })).stdout)
  t.ok(leak.count > 0)
  t.ok(leak.resources.every(({ fd }: any) => !JSON.parse(before).resources.some((resource: any) => resource.fd === fd)))
})

t.test('an inspector that is open is asked by its address, and stays open', async t => {
  const program = await running(t, ['--inspect=127.0.0.1:0'])
  const again = () => leakwatch(['attach', '--for', '0.5', addressOf(program.said)])
  t.match(await again(), { stdout: held, stderr: /^leakwatch: process \d+ is recorded from here on/ })
  t.match(await again(), { stdout: held, stderr: /^leakwatch: process \d+ is recorded from here on/ })
})

t.test('one that its command line has put at a port is found by its pid', async t => {
  const port = await freePort()
  const { pid } = await running(t, [`--inspect=127.0.0.1:${port}`])
  t.match(await leakwatch(['attach', '--for', '0.5', String(pid)]), { stdout: held })
  t.equal(await isListening(`127.0.0.1:${port}`), true)
})

t.test('Ctrl-C has what was recorded until then told', async t => {
  const { pid } = await running(t, [ownPort])
  t.match(await leakwatch(['attach', '--for', '600', String(pid)], { signalAfterOutput: { output: 'or at Ctrl-C', signal: 'SIGINT' } }), { code: 0, stdout: /^leakwatch: / })
})

/** What attach says and ends with, where something is done to the process once it is recorded. */
async function meanwhile({ pid }: ChildProcess, act: () => void): Promise<{ readonly code: unknown, readonly said: string }> {
  const child = spawn(process.execPath, [inRoot('dist/lib/bin.js'), 'attach', '--for', '600', String(pid)], { stdio: ['ignore', 'ignore', 'pipe'], env: plainEnv() })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (said === '') act()
    said += text
  })
  const [code] = await once(child, 'close') as unknown[]
  return { code, said }
}

t.test('a process that ends meanwhile is said to have ended', async t => {
  const program = await running(t, [ownPort])
  t.match(await meanwhile(program, () => program.kill('SIGKILL')), { code: 2, said: /leakwatch: process \d+ can't be attached to: it has ended, or has closed its inspector\.\n$/ })
})

t.test('a process that is asked to end meanwhile ends at once', async t => {
  const program = await running(t, [ownPort], { script: fixture('cli', 'waits.mjs') })
  const ended = once(program, 'exit')
  t.match(await meanwhile(program, () => program.kill('SIGTERM')), { code: 2, said: /can't be attached to: it has ended/ })
  t.strictSame(await ended, [7, null])
})

t.test('a program that has frozen process goes on, and another keeps what it knows of it', async t => {
  for (const args of [['frozen'], []]) {
    const program = await running(t, [ownPort], { script: fixture('cli', 'frozen.mjs'), args })
    t.match(await leakwatch(['attach', '--for', '0.5', String(program.pid)]), { code: 0, stdout: /file descriptors opened at .*frozen\.mjs:6:19/ })
    const said = once(program.stdout!, 'data')
    program.kill('SIGUSR2')
    t.match(String(await said), 'chdir is the same')
  }
})

t.test('what has been open for less than is asked for is not told', async t => {
  const { pid } = await running(t, [ownPort])
  t.match((await leakwatch(['attach', '--for', '0.5', '--min-age', '60', String(pid)])).stdout, /^leakwatch: no leaks at the signal/)
})

t.test('bytes that would go to a terminal are refused before anything is recorded', async t => {
  const { pid } = await running(t, [ownPort])
  const command = `${process.execPath} ${inRoot('dist/lib/bin.js')} attach --format pprof --for 600 ${pid}`
  t.match(await runCommand(['script', '--quiet', '--return', '--command', command, '/dev/null']), { code: 2, timedOut: false, stdout: /^leakwatch: --format pprof is bytes, but standard output is a terminal\./ })
})

t.test('nor is it counted among more than are listed', async t => {
  const { pid } = await running(t, [ownPort, '--import', registerUrl])
  const { stdout } = await leakwatch(['attach', '--for', '3', '--min-age', '1', '--format', 'json', String(pid)])
  const { kernel, leaks: [leak] } = JSON.parse(stdout)
  t.ok(leak.count > leak.resources.length)
  t.ok(kernel.accounted >= leak.count + 20, `${leak.count} of ${kernel.accounted} are told`)
})

t.test('where leakwatch is off it stays off', async t => {
  const program = await running(t, [ownPort], { env: { LEAKWATCH: 'off' } })
  const { pid } = program
  t.match(await leakwatch(['attach', String(pid)]), { code: 2, stderr: `leakwatch: process ${pid} can't be attached to: Error: it runs with LEAKWATCH=off.\n` })
  t.equal(await isListening(addressOf(program.said)), false)
})

t.test('a process that the signal would end is not sent it', async t => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' })
  t.teardown(() => child.kill('SIGKILL'))
  await once(child, 'spawn')
  t.match(await leakwatch(['attach', String(child.pid)]), { code: 2, stderr: /^leakwatch: process \d+ \(sleep\) is no Node, or opens no inspector at SIGUSR1, which would end it\./ })
  t.equal(child.exitCode, null)
  t.equal(child.kill(0), true)
})

/** The address of an inspector that is not Node's: it knows none of what it is asked. */
async function otherInspector(t: Test): Promise<string> {
  const server = createHttpServer((_, response) => response.end(JSON.stringify([{ webSocketDebuggerUrl: `ws://${address()}/other` }])))
  const address = () => `127.0.0.1:${(server.address() as AddressInfo).port}`
  server.on('upgrade', ({ headers }, socket) => {
    t.teardown(() => socket.destroy())
    const accept = createHash('sha1').update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
    const answer = Buffer.from('{"id":1,"error":{"message":"not found"}}')
    socket.once('data', () => socket.write(Buffer.concat([Buffer.from([0x81, answer.length]), answer])))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  return address()
}

t.test('an inspector that is not Node\'s is let go of', async t => {
  const address = await otherInspector(t)
  t.match(await leakwatch(['attach', address], { timeoutMs: 10_000 }), { code: 2, timedOut: false, stderr: `leakwatch: the process at ${address} can't be attached to: not found.\n` })
})

const canHideProcesses = spawnSync('unshare', ['--map-root-user', '--mount', 'mount', '-t', 'tmpfs', 'none', '/proc']).status === 0

t.test('a process that /proc does not show is not said to have ended', { skip: !canHideProcesses && 'no namespaces may be made' }, async t => {
  const { pid } = await running(t, [ownPort])
  const command = ['unshare', '--map-root-user', '--mount', 'sh', '-c', 'mount -t tmpfs none /proc && exec "$@"', 'sh', process.execPath, inRoot('dist/lib/bin.js'), 'attach']
  t.match(await runCommand([...command, String(pid)]), { code: 2, stderr: `leakwatch: process ${pid} can't be looked at: /proc does not show it.\n` })
  t.match(await runCommand([...command, '99999999']), { code: 2, stderr: 'leakwatch: there is no process 99999999.\n' })
})

t.test('what is no process is named', async t => {
  t.match(await leakwatch(['attach']), { code: 2, stderr: 'leakwatch: leakwatch attach wants one process: leakwatch attach [FLAGS] PID | HOST:PORT\n' })
  t.match(await leakwatch(['attach', '99999999']), { code: 2, stderr: 'leakwatch: there is no process 99999999.\n' })
  t.match(await leakwatch(['attach', 'app.js']), { code: 2, stderr: /wants the pid of a process, or the address of its inspector such as 127\.0\.0\.1:9229, but was given 'app\.js'/ })
  t.match(await leakwatch(['attach', '127.0.0.1:1']), { code: 2, stderr: /no inspector of Node answers at 127\.0\.0\.1:1\./ })
  t.match(await leakwatch(['attach', '--for', 'ever', '1']), { code: 2, stderr: /--for wants seconds, from 0 to 86400, but was given 'ever'/ })
  t.match(await leakwatch(['attach', '--types', 'fss', '1']), { code: 2, stderr: /--types wants a group or type .*Did you mean 'fs'\?/ })
})
