interface Versions {
  readonly bun?: string
  readonly deno?: string
  readonly node: string
}

const floors: ReadonlyMap<number, number> = new Map([[20, 19], [22, 12]])
const wanted = 'Node 20.19 or later of 20, 22.12 or later of 22, or 24 and later'

/** Why nothing can be recorded in this runtime, as a sentence; null where all is well. */
export function whyUnsupported(versions: Versions = process.versions): string | null {
  for (const name of ['bun', 'deno'] as const) {
    if (versions[name] !== undefined) {
      return `${name} ${versions[name]} does not announce async resources (its createHook does nothing): leakwatch needs ${wanted}.`
    }
  }
  const [major = 0, minor = 0] = versions.node.split('.').map(Number)
  const floor = major >= 24 ? 0 : floors.get(major)
  if (floor === undefined || minor < floor) return `Node ${versions.node} is not supported: leakwatch needs ${wanted}.`
  return null
}

/** Why nothing can be recorded where hooks are told of nothing. */
export function whyUntold(): string {
  return `this runtime does not announce async resources: leakwatch needs ${wanted}.`
}
