import t from 'tap'
import { isInternal, liesIn, packageName, relativePath } from '../../lib/model/path.ts'
import { isInPackage, isSpy, normalized, packagePath } from '../../lib/model/text/package-path.ts'

t.test('a path is told from a directory near it, and whole from one far away', async t => {
  t.equal(relativePath('/srv/app', '/srv/app/src/a.ts'), 'src/a.ts')
  t.equal(relativePath('/srv/app/', '/srv/app/a.ts'), 'a.ts')
  t.equal(relativePath('/srv/app/packages/a', '/srv/app/src/b.ts'), '../../src/b.ts')
  t.equal(relativePath('/srv/app', '/srv/apple/b.ts'), '../apple/b.ts')
  t.equal(relativePath('/srv/app', '/opt/b.ts'), '/opt/b.ts')
  t.equal(relativePath('/a/b/c/d/e', '/a/x.ts'), '/a/x.ts')
  t.equal(relativePath('/', '/srv/app/a.ts'), 'srv/app/a.ts')
})

t.test('what is no absolute path stays as it is', async t => {
  for (const file of ['node:fs', '[eval]', 'evalmachine.<anonymous>', 'file:///srv/app/a.js']) t.equal(relativePath('/srv/app', file), file)
})

t.test('paths of Windows are read on any system, their drive in either case', async t => {
  t.equal(relativePath('C:\\app', 'c:\\app\\src\\a.ts'), 'src/a.ts')
  t.equal(relativePath('C:\\app', 'D:\\app\\a.ts'), 'D:/app/a.ts')
  t.equal(relativePath('\\\\host\\share\\app', '\\\\host\\share\\app\\src\\a.ts'), 'src/a.ts')
  t.equal(normalized('/srv/odd\\name'), '/srv/odd\\name')
  t.ok(liesIn('c:\\app', 'C:\\app\\a.ts'))
})

t.test('a file lies in the directories above it alone', async t => {
  t.ok(liesIn('/srv/app', '/srv/app/a.ts'))
  t.ok(liesIn('/srv/app/', '/srv/app/src/a.ts'))
  t.notOk(liesIn('/srv/app', '/srv/apple/a.ts'))
  t.notOk(liesIn('/srv/app', '/srv/app'))
})

t.test('a package is named by the innermost node_modules', async t => {
  const files: readonly (readonly [string, string | null, string | null])[] = [
    ['/srv/app/node_modules/multer/lib/a.js', 'multer', 'multer/lib/a.js'],
    ['/srv/app/node_modules/@scope/name/a.js', '@scope/name', '@scope/name/a.js'],
    ['/srv/app/node_modules/.pnpm/multer@2.2.0/node_modules/multer/a.js', 'multer', 'multer/a.js'],
    ['C:\\app\\node_modules\\multer\\a.js', 'multer', 'multer/a.js'],
    ['/srv/app/src/node_modules.js', null, null],
    ['node:fs', null, null],
  ]
  for (const [file, name, path] of files) t.strictSame([packageName(file), packagePath(file)], [name, path], file)
})

t.test('Node names its own modules, and those of WebAssembly', async t => {
  t.ok(isInternal('node:internal/fs/promises'))
  t.ok(isInternal('wasm://wasm/00034eea'))
  t.notOk(isInternal('/srv/app/node:fs'))
})

t.test('whether a file lies in a package, by the beginnings of paths inside node_modules', async t => {
  const own = ['tap/', '@tapjs/', 'jest-']
  for (const file of ['/app/node_modules/tap/index.js', 'file:///app/node_modules/@tapjs/core/dist/esm/tap.js', '/a/node_modules/b/node_modules/jest-circus/run.js', 'C:\\app\\node_modules\\tap\\index.js']) t.ok(isInPackage(file, own), file)
  for (const file of ['/app/tap/index.js', '/app/node_modules/tapas/index.js', '/app/node_modules/tap/node_modules/other/index.js', '/app/node_modules/jest/index.js', 'node:fs', '']) t.notOk(isInPackage(file, own), file)
  t.notOk(isInPackage('/app/node_modules/tap/index.js', []))
})

t.test('a spy of a runner is none of its packages: it calls what the program asked for', async t => {
  t.equal(isInPackage('/app/node_modules/@vitest/runner/dist/index.js', ['@vitest/']), true)
  t.equal(isInPackage('/app/node_modules/@vitest/spy/dist/index.js', ['vitest/', '@vitest/']), false)
  t.equal(isInPackage('/app/node_modules/jest-circus/build/run.js', ['jest-']), true)
  t.equal(isInPackage('/app/node_modules/jest-mock/build/index.js', ['jest-']), false)
  t.strictSame(['/app/node_modules/sinon/lib/sinon/proxy-invoke.js', '/app/sinon/index.js', '/app/node_modules/sinon-helper/index.js'].map(isSpy), [true, false, false])
  const tracer = (path: string) => `/app/node_modules/@opentelemetry/${path}`
  t.ok(['context-async-hooks/src/AsyncLocalStorageContextManager.ts', 'instrumentation-fs/build/src/instrumentation.js', 'api/build/src/api/context.js'].map(tracer).every(isSpy))
  t.ok(['dd-trace/packages/datadog-instrumentations/src/net.js', 'newrelic/lib/shim/shim.js', 'zone.js/bundles/zone.umd.js'].map(path => `/app/node_modules/${path}`).every(isSpy))
  t.notOk(isSpy('/app/node_modules/newrelic/lib/collector/api.js'), 'it speaks to its own server')
  const dom = ['jsdom/lib/jsdom/browser/Window.js', 'jsdom/lib/jsdom/living/xhr/xhr-utils.js', 'happy-dom/lib/window/BrowserWindow.js', 'happy-dom/src/window/BrowserWindow.ts', 'happy-dom/lib/fetch/Fetch.js']
  t.strictSame(dom.map(path => isSpy(`/app/node_modules/${path}`)), [true, false, true, true, false])
  t.strictSame(['/app/.pnp.cjs', '/app/.pnp.loader.mjs', '/app/pnp.cjs', '/app/lib/a.pnp.cjs'].map(isSpy), [true, true, false, false])
  t.notOk(isSpy(tracer('otlp-exporter-base/build/src/transport/http-transport-utils.js')), 'it opens what it exports by')
})
