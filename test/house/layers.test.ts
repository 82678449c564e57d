import t from 'tap'
import { filesImportedBy, modulesImportedBy } from './imports.ts'
import { filesUnder } from './sources.ts'

// Entries lie in lib itself, above every room.
const entries = 'lib'
const ranks: Readonly<Record<string, number>> = {
  model: 0, collect: 1, analyze: 1, report: 2, session: 3, adapters: 4, integrations: 4, cli: 4, [entries]: 5,
}
// Rooms that import nothing but model, and what else they may name. The others may name any module of Node.
const pure: Readonly<Record<string, RegExp>> = {
  model: /^$/,
  analyze: /^$/,
  report: /^node:(path|url|util|zlib)$/,
}
const packages: Readonly<Record<string, RegExp>> = {
  session: /^source-map-support$/,
  adapters: /./,
  integrations: /./,
}

const sources = filesUnder('lib', '.ts')

t.test('every source lies in a room that has a rank', async t => {
  t.strictSame(sources.filter(path => ranks[roomOf(path)] === undefined), [])
})

t.test('imports point down', async t => {
  const upward = sources.flatMap(path => filesImportedBy(path)
    .filter(target => roomOf(path) !== roomOf(target) && !(ranks[roomOf(target)]! < ranks[roomOf(path)]!))
    .map(target => `${path} imports ${target}`))
  t.strictSame(upward, [])
})

t.test('model, analyze and report import nothing of ours but model', async t => {
  const foreign = sources.filter(path => pure[roomOf(path)]).flatMap(path => filesImportedBy(path)
    .filter(target => ![roomOf(path), 'model'].includes(roomOf(target)))
    .map(target => `${path} imports ${target}`))
  t.strictSame(foreign, [])
})

t.test('model and analyze name no module of Node, report only pure ones', async t => {
  const impure = sources.flatMap(path => modulesImportedBy(path)
    .filter(name => name.startsWith('node:') && pure[roomOf(path)]?.test(name) === false)
    .map(name => `${path} imports ${name}`))
  t.strictSame(impure, [])
})

t.test('packages are imported by the rooms that are meant to, and modules of Node carry their prefix', async t => {
  const undeclared = sources.flatMap(path => modulesImportedBy(path)
    .filter(name => !name.startsWith('node:') && !packages[roomOf(path)]?.test(name))
    .map(name => `${path} imports ${name}`))
  t.strictSame(undeclared, [])
})

t.test('every import of ours leads to a source', async t => {
  const missing = sources.flatMap(path => filesImportedBy(path).filter(target => !sources.includes(target)).map(target => `${path} imports ${target}`))
  t.strictSame(missing, [])
})

t.test('imports make no cycle', async t => {
  t.strictSame(cycles(), [])
})

function roomOf(path: string): string {
  const [, room, inside] = path.split('/')
  return inside === undefined ? entries : room!
}

function cycles(): string[] {
  const found: string[] = []
  const done = new Set<string>()
  const visit = (path: string, above: readonly string[]) => {
    if (above.includes(path)) found.push([...above.slice(above.indexOf(path)), path].join(' -> '))
    if (done.has(path) || above.includes(path)) return
    for (const target of filesImportedBy(path)) if (sources.includes(target)) visit(target, [...above, path])
    done.add(path)
  }
  for (const path of sources) visit(path, [])
  return found
}
