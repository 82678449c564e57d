// Taken at load: a program may put others in their place, and stacks are asked this while it runs.
const { apply } = Reflect
const { endsWith, lastIndexOf, startsWith } = String.prototype

const windows = /^[A-Za-z]:[\\/]|^\\\\/

/**
 * The path with forward slashes, and its drive, which Node reports as `c:` and as `C:`, in upper case. A backslash is
 * part of a name unless the path is one of Windows.
 */
export function normalized(path: string): string {
  if (!isWindows(path)) return path
  const slashed = path.replaceAll('\\', '/')
  return slashed.charAt(0).toUpperCase() + slashed.slice(1)
}

/** `name/rest` of a file inside node_modules, whatever the package manager nested it in; null for any other file. */
export function packagePath(file: string): string | null {
  const path = normalized(file)
  const at = apply(lastIndexOf, path, ['/node_modules/']) as number
  return at === -1 ? null : path.slice(at + '/node_modules/'.length)
}

/** `name` of `name@version`, which may have a scope. */
export function withoutVersion(name: string): string {
  return name.replace(/(?<=.)@[^@]*$/, '')
}

// Packages, or folders of them, that open nothing for themselves: spies of tests and wrappers of tracers, which call through to what the program asked for.
const spies = [
  '@vitest/spy/', 'jest-mock/', '@tapjs/intercept/', 'sinon/',
  '@opentelemetry/api/', '@opentelemetry/context-async-hooks/', '@opentelemetry/instrumentation/', '@opentelemetry/instrumentation-', 'shimmer/',
  'dd-trace/packages/datadog-core/', 'dd-trace/packages/datadog-instrumentations/', 'dd-trace/packages/datadog-shimmer/',
  'newrelic/lib/context-manager/', 'newrelic/lib/instrumentation/', 'newrelic/lib/shim/', '@apm-js-collab/tracing-hooks/',
  'elastic-apm-node/lib/instrumentation/', 'async-listener/', 'longjohn/', 'zone.js/',
]

// As spies, but for what they put off and call later by themselves, as graceful-fs does where descriptors have run out. Wrappers of fs, child_process and http, promises for callbacks,
// what compilers call, and the timers of a window, which happy-dom has a map for.
const passing = [
  'graceful-fs/', 'fs-extra/lib/fs/', 'universalify/', 'mz/', 'cross-spawn/', 'follow-redirects/',
  'aws-xray-sdk-core/lib/patchers/', 'aws-xray-sdk-core/dist/lib/patchers/',
  'bluebird/', 'es6-promisify/', 'pify/', 'q/', 'thenify/', 'thenify-all/',
  '@babel/runtime/', '@babel/runtime-corejs3/', '@swc/helpers/', 'core-js/', 'core-js-pure/', 'tslib/',
  'jsdom/lib/jsdom/browser/Window.js', 'happy-dom/lib/window/BrowserWindow.js', 'happy-dom/cjs/window/BrowserWindow.cjs', 'happy-dom/src/window/BrowserWindow.ts',
]

/** Whether a file is that of a spy or wrapper, which only stands between a caller and what it calls. */
export function isSpy(file: string): boolean {
  const path = packagePath(file)
  return path === null ? isOfYarn(file) : isOf(path, spies) || isOf(path, passing)
}

/** Whether it answers for what it calls all the same, where no one else is known to have called it. */
export function isPassing(file: string): boolean {
  const path = packagePath(file)
  return path !== null && isOf(path, passing)
}

function isOf(path: string, beginnings: readonly string[]): boolean {
  for (let index = 0; index < beginnings.length; index++) if (apply(startsWith, path, [beginnings[index]!]) as boolean) return true
  return false
}

// Without node_modules, Yarn has functions of its own around those of node:fs.
function isOfYarn(file: string): boolean {
  return apply(endsWith, file, ['/.pnp.cjs']) as boolean || apply(endsWith, file, ['/.pnp.loader.mjs']) as boolean
}

/** Whether a file lies in a package, given the beginnings of paths inside node_modules: `tap/`, `@tapjs/`. Spies are the program's. */
export function isInPackage(file: string, beginnings: readonly string[]): boolean {
  const path = beginnings.length === 0 ? null : packagePath(file)
  return path !== null && isOf(path, beginnings) && !isSpy(file)
}

/** Whether a path is one of Windows. Asked of each: an expression, of which V8 makes code, only where it may be one. */
export function isWindows(path: string): boolean {
  return (path[1] === ':' || path[0] === '\\') && windows.test(path)
}
