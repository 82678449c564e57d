import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readdirSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { numbered } from '../../lib/session/output.ts'
import { matches } from '../support/matches.ts'
import { inRoot, registerUrl } from '../support/paths.ts'
import { schemaFaults } from '../support/report-schema.ts'
import { type Run, runCommand, runNode } from '../support/run.ts'

const open = 'require("fs").openSync(process.execPath);'

function scratch(t: Test): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-output-')))
  t.teardown(() => rmSync(directory, { recursive: true }))
  return directory
}

function leaksTo(path: string, program = open): Promise<Run> {
  return runNode({ eval: program, env: { LEAKWATCH_OUTPUT: path } })
}

t.test('a report file is made anew, for its owner alone', async t => {
  const path = join(scratch(t), 'report.json')
  const { code, stderr } = await leaksTo(path)
  t.match({ code, stderr }, { code: 0, stderr: '' })
  t.equal(statSync(path).mode & 0o777, 0o600)
  t.strictSame(schemaFaults(JSON.parse(readFileSync(path, 'utf8'))), [])
})

t.test('{pid} and {tid} are replaced, each time they are met', async t => {
  const directory = scratch(t)
  const { pid } = await leaksTo(join(directory, '{pid}-{tid}-{pid}.json'))
  t.strictSame(readdirSync(directory), [`${pid}-0-${pid}.json`])
})

for (const [what, prepare] of [
  ['file that is there', (path: string) => writeFileSync(path, 'kept')],
  ['link to a file', (path: string) => { writeFileSync(`${path}.target`, 'kept'); symlinkSync(`${path}.target`, path) }],
  ['link to nothing', (path: string) => symlinkSync(`${path}.target`, path)],
] as const) {
  t.test(`a ${what} is never written to: the report goes to stderr, and the exit code stays`, async t => {
    const path = join(scratch(t), 'report.json')
    prepare(path)
    const { code, stderr } = await leaksTo(path, `${open} process.exitCode = 3`)
    t.equal(code, 3)
    const [says, ...report] = stderr.split('\n')
    t.equal(says, `leakwatch: the report can't be written to ${path} (EEXIST: a file of that name is there already; {pid} in the path makes it unique); it follows here.`)
    matches(t, JSON.parse(report.join('\n')), { leaks: [{ count: 1 }] })
    const kept = what === 'link to nothing' ? null : 'kept'
    for (const file of [path, `${path}.target`]) if (existsSync(file)) t.equal(readFileSync(file, 'utf8'), kept)
    t.equal(existsSync(`${path}.target`), what === 'link to a file')
  })
}

t.test('what is said of files drives no terminal, whatever they are called and hold', async t => {
  const directory = scratch(t)
  writeFileSync(join(directory, 'b.json'), '\x1b[2J')
  const broken = await runNode({ eval: open, format: 'text', env: { LEAKWATCH_BASELINE: join(directory, 'b.json'), LEAKWATCH_OUTPUT: join(directory, '\x1b[2J', 'r.txt') } })
  t.match(broken.stderr, /^leakwatch: no baseline is used: .*\nleakwatch: the report can't be written to .*\\x1b\[2J\/r\.txt \(ENOENT/)
  t.notMatch(broken.stderr, '\x1b')
})

t.test('a directory in the place of the file is named as one', async t => {
  const path = scratch(t)
  t.match((await leaksTo(path)).stderr, `leakwatch: the report can't be written to ${path} (EEXIST: it is a directory; name a file in it); it follows here.\n{`)
})

t.test('a file that is there, and may not be looked at, loses no report', async t => {
  const path = join(scratch(t), 'report.json')
  writeFileSync(path, 'kept')
  const permission = process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission'
  const flags = [permission, `--allow-fs-read=${inRoot('*')}`, `--allow-fs-read=${process.execPath}`, `--allow-fs-write=${path}`]
  const { stderr } = await runNode({ eval: open, flags, env: { LEAKWATCH_OUTPUT: path } })
  t.match(stderr, `leakwatch: the report can't be written to ${path} (EEXIST: a file of that name is there already; {pid} in the path makes it unique); it follows here.\n{`)
})

t.test('without its directory the report goes to stderr, and the exit code stays', async t => {
  const path = join(scratch(t), 'missing/report.json')
  const { code, stderr } = await leaksTo(path)
  t.equal(code, 0)
  t.match(stderr, `leakwatch: the report can't be written to ${path} (ENOENT: its directory does not exist); it follows here.\n{`)
})

t.test('bytes never stand on stderr: what can\'t be written of a profile is told as text', async t => {
  const path = join(scratch(t), 'missing/leaks.pprof')
  const { code, stderr } = await runNode({ eval: open, format: 'pprof', env: { LEAKWATCH_OUTPUT: path } })
  t.equal(code, 0)
  t.equal(stderr.startsWith(`leakwatch: the report can't be written to ${path} (ENOENT: its directory does not exist); it follows here.\nleakwatch: 1 leak from 1 line at exit `), true, stderr)
  t.match(stderr, /\nkernel: .*\n$/)
})

t.test('bytes never go to a terminal', async t => {
  const command = `${process.execPath} --import ${registerUrl} -e '${open}'`
  const { stdout } = await runCommand(['script', '--quiet', '--command', command, '/dev/null'], { env: { LEAKWATCH_FORMAT: 'pprof', LEAKWATCH_OUTPUT: '/dev/stdout' } })
  t.match(stdout, /^leakwatch: the report can't be written to \/dev\/stdout \(it is a terminal, and the report is bytes\); it follows here\.\r\nleakwatch: 1 leak /)
})

t.test('a profile for which no file is named is told as text, after a note', async t => {
  t.match((await runNode({ eval: open, format: 'pprof' })).stderr, /^leakwatch: LEAKWATCH_FORMAT=pprof is bytes for a file, but LEAKWATCH_OUTPUT names none.*\nleakwatch: 1 leak from 1 line at exit /)
  t.match((await runNode({ eval: '0', format: 'pprof' })).stderr, /^leakwatch: LEAKWATCH_FORMAT=pprof .*\n$/)
})

t.test('a device is written to as it is', async t => {
  t.match(await leaksTo('/dev/null'), { code: 0, stderr: '' })
  const { stdout } = await leaksTo('/dev/stdout')
  t.match(stdout + (await leaksTo('/dev/stdout')).stderr, /leakwatch-report\/1/)
})

t.test('all reports of a process go to a pipe that is standard output', async t => {
  const program = `${open} process.kill(process.pid, 'SIGUSR2'); setTimeout(() => {}, 50)`
  const env = { LEAKWATCH_OUTPUT: '/proc/self/fd/1', LEAKWATCH_SIGNAL: 'SIGUSR2', LEAKWATCH_FORMAT: 'json' }
  // Node itself gives children sockets, which can't be opened by a path.
  const { stdout, stderr } = await runCommand(['/bin/sh', '-c', '"$@" | cat', 'sh', process.execPath, '--import', registerUrl, '-e', program], { env })
  t.equal(stderr, '')
  t.strictSame([...stdout.matchAll(/^  "reason": "(\w+)"/gm)].map(([, reason]) => reason), ['signal', 'exit'])
})

t.test('a file that is standard output is added to', async t => {
  const path = join(scratch(t), 'output.txt')
  const output = openSync(path, 'w')
  const child = spawn(process.execPath, ['--import', registerUrl, '-e', `${open} console.log('said before')`], {
    stdio: ['ignore', output, 'pipe'], env: { ...process.env, LEAKWATCH_OUTPUT: '/dev/stdout', LEAKWATCH_FORMAT: 'json' },
  })
  await once(child, 'close')
  closeSync(output)
  const [said, ...report] = readFileSync(path, 'utf8').split('\n')
  t.equal(said, 'said before')
  matches(t, JSON.parse(report.join('\n')), { leaks: [{ count: 1 }] })
})

t.test('a relative path is told from where the process began', async t => {
  const directory = scratch(t)
  const { stderr } = await runNode({ eval: `${open} process.chdir('/')`, cwd: directory, env: { LEAKWATCH_OUTPUT: 'report.json' } })
  t.equal(stderr, '')
  t.strictSame(readdirSync(directory), ['report.json'])
})

t.test('text goes to a file without colours', async t => {
  const path = join(scratch(t), 'report.txt')
  await runNode({ eval: open, format: 'text', env: { LEAKWATCH_OUTPUT: path, FORCE_COLOR: '1' } })
  t.match(readFileSync(path, 'utf8'), /^leakwatch: 1 leak from 1 line at exit/)
  t.notMatch(readFileSync(path, 'utf8'), '\x1b[')
})

t.test('a second report gets its number before the extension', async t => {
  t.strictSame([numbered('a/b.json', 1), numbered('a/b.json', 2), numbered('a.b/c', 3), numbered('.json', 2)], ['a/b.json', 'a/b-2.json', 'a.b/c-3', '.json-2'])
})

// Each of 120 functions opens a line of its own: far more than the 64 KiB that a pipe holds.
const much = `const fs = require('fs');\n${Array.from({ length: 120 }, (_, number) => `function aFunctionWithALongName${number}() { fs.openSync(process.execPath) }\naFunctionWithALongName${number}()`).join('\n')}\n`

for (const format of ['json', 'text']) {
  t.test(`a long report of ${format} comes whole to a reader that is slow`, async t => {
    const path = join(scratch(t), 'program.cjs')
    writeFileSync(path, much)
    const child = spawn('/usr/bin/env', ['-u', 'NODE_OPTIONS', process.execPath, '--import', registerUrl, path], { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, LEAKWATCH_FORMAT: format } })
    // Read nothing until the pipe is full and the child waits for us.
    await once(child.stderr!, 'readable')
    const chunks: Buffer[] = []
    for await (const chunk of child.stderr!) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    if (format === 'json') {
      t.ok(text.length > 65_536, 'it is larger than the pipe')
      t.equal(JSON.parse(text).leaks.length, 120)
    } else {
      t.match(text, /^leakwatch: 120 leaks from 120 lines at exit[^]*\nkernel: .*\n$/)
    }
  })
}

t.test('a report comes whole through a pipe that the program made non-blocking', async t => {
  const path = join(scratch(t), 'program.cjs')
  writeFileSync(path, `process.stderr.write('touched\\n');\n${much}`)
  const { stderr, code } = await runNode({ script: path, env: { LEAKWATCH_FORMAT: 'json' }, format: 'text' })
  t.equal(code, 0)
  t.equal(JSON.parse(stderr.replace('touched\n', '')).leaks.length, 120)
})

t.test('where stderr is closed, or nobody reads it, the program ends as it does unwatched', async t => {
  const closed = await runNode({ eval: `${open} require("fs").closeSync(2)`, format: 'text' })
  t.match(closed, { code: 0, stdout: '' })
  const child = spawn('/bin/sh', ['-c', `"$@" 2>&1 >/dev/null | true; echo done`, 'sh', '/usr/bin/env', '-u', 'NODE_OPTIONS', process.execPath, '--import', registerUrl, '-e', much], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [output] = await once(child.stdout!, 'data')
  t.equal(String(output), 'done\n')
  await once(child, 'close')
})

t.test('where the program replaced process.stderr and console the report comes all the same', async t => {
  const { stderr } = await runNode({ eval: `${open} process.stderr.write = () => true; console.error = () => {}; require("fs").writeSync = () => { throw new Error("ours") }`, format: 'text' })
  t.match(stderr, /^leakwatch: 1 leak/)
})
