// Packages of one workspace, with the same files and functions.
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { matches } from '../support/matches.ts'
import { runNode } from '../support/run.ts'

const source = "require('node:fs').openSync(process.execPath)\n"

t.test('what the same file of two packages leaks is told apart, in each checkout by the same fingerprint', async t => {
  // Not of tap: the Nodes that run this at one time would share it.
  const checkout = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-workspace-')))
  t.teardown(() => rmSync(checkout, { recursive: true }))
  for (const name of ['a', 'b']) {
    const folder = join(checkout, 'one/packages', name)
    mkdirSync(join(folder, 'src'), { recursive: true })
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, private: true }))
    writeFileSync(join(folder, 'src/index.cjs'), source)
  }
  writeFileSync(join(checkout, 'one/package.json'), '{ "private": true }')
  cpSync(join(checkout, 'one'), join(checkout, 'other'), { recursive: true })
  const fingerprintIn = async (directory: string, name: string) => {
    const { report } = await runNode({ script: join(checkout, directory, 'packages', name, 'src/index.cjs'), cwd: join(checkout, directory) })
    matches(t, report.leaks, [{ type: 'fd', count: 1 }])
    return report.leaks[0]!.fingerprint
  }
  const [a, b] = [await fingerprintIn('one', 'a'), await fingerprintIn('one', 'b')]
  t.not(a, b)
  t.equal(await fingerprintIn('other', 'a'), a)
  t.equal(await fingerprintIn('other', 'b'), b)
})
