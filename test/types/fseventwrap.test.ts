import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import t from 'tap'
import type { Report, ReportGroup } from '../../lib/model/report.ts'
import { detects, groupAt } from '../support/detection.ts'
import { fixture } from '../support/paths.ts'
import { runNode } from '../support/run.ts'

t.test('a watcher is named by the line that started it until it is closed', async t => {
  await detects(t, { script: fixture('types', 'watchers.mjs'), types: 'watch' }, {
    also: (t, report) => t.match(groupAt(report, 'FSEVENTWRAP', '.unref()').resources[0], { ref: false }),
  })

t.test('a watcher is told with what it watches', async t => {
  const program = `const fs = require('fs'), { pathToFileURL } = require('url')
    for (const path of ['.', Buffer.from(__dirname), pathToFileURL(__dirname)]) fs.watch(path)
    fs.watchFile('some/file', () => {})
    fs.promises.watch('..')[Symbol.asyncIterator]().next()
    setImmediate(() => process.exit())`
  const { report, folder } = await watched(program)
  const targets = report.leaks.flatMap(({ resources }: ReportGroup) => resources.map(({ target }) => String(target)))
  t.strictSame(targets.toSorted(), [folder, folder, folder, dirname(folder), join(folder, 'some/file')].toSorted())
})

async function watched(program: string): Promise<{ readonly report: Report, readonly folder: string }> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'leakwatch-watched-')))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const script = join(folder, 'program.cjs')
  writeFileSync(script, program)
  return { report: (await runNode({ script, cwd: folder, types: 'watch' })).report, folder }
}
})
