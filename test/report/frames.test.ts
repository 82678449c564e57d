import t from 'tap'
import { callersOf, renderFrame } from '../../lib/report/frames.ts'
import { buildSite, cwd } from '../support/snapshot-builder.ts'

const rendered = (frame: string) => renderFrame(buildSite(frame).frames[0]!, cwd)

t.test('a frame is told as a path to click on, and its function', async t => {
  t.equal(rendered('src/pool.ts:88:17 in acquire'), 'src/pool.ts:88:17 in acquire')
  t.equal(rendered('src/pool.ts:88:17 in new Pool'), 'src/pool.ts:88:17 in new Pool')
  t.equal(rendered('src/main.ts:1:1'), 'src/main.ts:1:1')
  t.equal(rendered('/srv/lib/x.ts:1:1'), '../lib/x.ts:1:1')
  t.equal(rendered('/opt/x.ts:1:1'), '/opt/x.ts:1:1')
  t.equal(rendered('[eval]:1:1'), '[eval]:1:1')
})

t.test('what is unknown of a frame is left out', async t => {
  t.equal(renderFrame({ function: 'map', file: null, line: null, column: null }, cwd), 'native code in map')
  t.equal(renderFrame({ function: null, file: `${cwd}/a.js`, line: 3, column: null }, cwd), 'a.js:3')
})

t.test('the path of a package is short however deep it is nested', async t => {
  t.equal(rendered('node_modules/multer/a.js:1:1'), 'node_modules/multer/a.js:1:1')
  t.equal(rendered('node_modules/.pnpm/multer@2.2.0/node_modules/multer/a.js:1:1'), '.../node_modules/multer/a.js:1:1')
})

t.test('names from outside are escaped', async t => {
  t.equal(rendered('src/\x1b[2J.ts:1:1 in a\nb'), 'src/\\x1b[2J.ts:1:1 in a\\nb')
})

t.test('callers are told nearest first, without Node, a run in one package as one', async t => {
  const stack = 'src/a.ts:1:1 in a < node:events:5:5 in emit < src/b.ts:2:2 in b < node_modules/x/1.js:1:1 < node_modules/x/2.js:1:1 < node_modules/@s/y/3.js:1:1 in y < node:timers:1:1 < src/c.ts:3:3'
  t.strictSame(callersOf(buildSite(stack), cwd), ['at src/b.ts:2:2 in b', 'through 2 frames in x', 'at node_modules/@s/y/3.js:1:1 in y', 'at src/c.ts:3:3'])
  t.strictSame(callersOf(buildSite('src/a.ts:1:1'), cwd), [])
})
