import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { folderOf, ownFolder, ownRoot } from '../../../lib/collect/stacks/own.ts'

t.test('the folder that leakwatch runs from, as a path and as a URL', async t => {
  t.ok(existsSync(`${ownFolder()}collect/stacks/own.js`))
  t.equal(pathToFileURL(ownFolder()).href, ownRoot())
})

t.test('where a module is not told its file, its URL says it', async t => {
  t.equal(folderOf(undefined, 'file:///app/node_modules/leakwatch/dist/lib/session/load%20.js'), '/app/node_modules/leakwatch/dist/lib/')
  t.equal(folderOf(undefined, 'https://host/leakwatch/dist/lib/main.js'), 'https://host/leakwatch/dist/lib/')
})

t.test('the last lib is the one, with either slash', async t => {
  t.equal(folderOf('/srv/lib/leakwatch/dist/lib/adapters/tap.js', ''), '/srv/lib/leakwatch/dist/lib/')
  t.equal(folderOf('C:\\lib\\leakwatch\\dist\\lib\\register.js', ''), 'C:\\lib\\leakwatch\\dist\\lib\\')
})
