import t from 'tap'
import { inRoot } from '../support/paths.ts'
import { runCommand } from '../support/run.ts'
import { filesUnder } from './sources.ts'

const alone = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'schema/leakwatch-report-1.schema.json']
const parts = {
  adapters: ['', '-options', '-recorder', '-reports', '-runners', '-types'], index: ['', '-recorder', '-reports', '-types'], preload: ['', '-options', '-recorder', '-reports', '-types'],
}
const bundles = ['adapters/jest', 'main', 'register', ...Object.entries(parts).flatMap(([name, endings]) => endings.map(ending => name + ending))].flatMap(name => [`dist/lib/${name}.cjs`, `dist/lib/${name}.cjs.map`])

// Vitest would transform it in each process.
const withoutMap = 'dist/lib/adapters/vitest.js.map'

t.test('the tarball holds every source with what is built of it, the bundles, the schema and the papers, and nothing else', async t => {
  const { code, stdout, stderr } = await runCommand(['npm', 'pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: inRoot('.') })
  t.equal(code, 0, stderr)
  const packed: string[] = JSON.parse(stdout)[0].files.map((file: { path: string }) => file.path)
  const built = filesUnder('lib', '.ts').flatMap(path => ['.ts', '.js', '.js.map', '.d.ts'].map(ending => `${ending === '.ts' ? '' : 'dist/'}${path.replace(/\.ts$/, ending)}`))
  t.strictSame(packed.toSorted(), [...alone, ...bundles, ...built].filter(path => path !== withoutMap).toSorted())
})
