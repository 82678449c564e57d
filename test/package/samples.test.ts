// What the papers show is what happens: each sample of docs/tracker.md runs as a program of its own, and each recipe of
// the README stands, word for word, in a program that is tested.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Script } from 'node:vm'
import t from 'tap'
import { fixture, inRoot } from '../support/paths.ts'
import { runNode } from '../support/run.ts'

interface Sample {
  /** The heading that it stands under. */
  readonly title: string
  readonly program: string
  readonly output: string
}

t.jobs = 2

/** Each block of JavaScript, with the next block of text: what the program prints, and then what is said on standard error. */
function samplesOf(path: string): readonly Sample[] {
  const sections = readFileSync(inRoot(path), 'utf8').split(/^## /m).slice(1)
  return sections.flatMap(section => {
    const title = section.slice(0, section.indexOf('\n'))
    return [...section.matchAll(/^```js\n(.*?)^```$.*?^```text\n(.*?)^```$/gms)].map(([, program, output]) => ({ title, program: program!, output: output! }))
  })
}

/** Without what no two runs have alike. */
function comparable(text: string): string {
  return text.replace(/\d+ ms/g, 'a while').replace(/\bfd \d+/g, 'fd').replace(/pid \d+, node v[\d.]+/, 'pid').replace(/^kernel: .*/m, 'kernel:').trim()
}

/** Not before Node 24. */
function understandsUsing(): boolean {
  try {
    return new Script('{ using nothing = null }') instanceof Script
  } catch {
    return false
  }
}

const samples = samplesOf('docs/tracker.md')

t.test('every block of JavaScript is a sample', async t => {
  t.ok(samples.length > 0)
  t.equal(samples.length, readFileSync(inRoot('docs/tracker.md'), 'utf8').match(/^```js$/gm)?.length)
})

for (const { title, program, output } of samples) {
  if (/^ *using /m.test(program) && !understandsUsing()) continue
  t.test(`the sample under '${title}' prints what stands below it: ${program.split('\n').length} lines`, async t => {
    const folder = mkdtempSync(join(tmpdir(), 'leakwatch-sample-'))
    t.teardown(() => rmSync(folder, { recursive: true }))
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(inRoot('.'), join(folder, 'node_modules/leakwatch'))
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(folder, 'app.js'), program)
    const flags = ['--expose-gc', ...title === 'Production' ? ['--conditions=production'] : []]
    const { code, stdout, stderr } = await runNode({ script: 'app.js', cwd: folder, register: 'leakwatch/register', format: 'text', flags })
    t.equal(code, 0)
    t.equal(comparable(stdout + stderr), comparable(output))
  })
}

t.test('the recipes of the README stand in programs whose scopes are tested', async t => {
  const programs: Readonly<Record<string, string>> = {
    'node:http': inRoot('test/session/tracked/scope.test.ts'), 'express': fixture('programs', 'express-scopes.mjs'), 'fastify': fixture('programs', 'fastify-scopes.mjs'),
  }
  const recipes = [...readFileSync(inRoot('README.md'), 'utf8').matchAll(/^\| (\S+) \| `(.*\bscope\(.*)` \|$/gm)]
  t.strictSame(recipes.map(([, server]) => server), Object.keys(programs))
  for (const [, server, recipe] of recipes) t.ok(readFileSync(programs[server!]!, 'utf8').includes(recipe!), server!)
})
