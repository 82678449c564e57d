import { isInternal, isOfApplication, liesIn, packageName, relativePath } from '../model/path.ts'
import type { Site } from '../model/site.ts'
import type { Snapshot } from '../model/snapshot.ts'

type Facts = Pick<Snapshot, 'names' | 'roots' | 'process'>

const placesKept = 5

/**
 * What stays the same of a leak across runs, machines and unrelated edits: its type and the places that led to it, nearest
 * first. A place of the program is a function and its file within the package, which goes by its name: a workspace has many with the same
 * files. Whatever frames lie in one package of
 * node_modules are one place, as a release may rename, minify or rearrange them all. Lines, columns, ids and Node's own
 * frames change too easily; so does how much of a deep stack was kept, and by what way a test runner or framework came to call the program,
 * or whose request it was in whose callback a package opened something: it may be that of whoever came first.
 */
export function fingerprint(type: string, site: Site, facts: Facts): string {
  const places: string[] = []
  const frames = site.frames.slice(0, site.boundary)
  const last = frames.findLastIndex(({ file }) => isOfApplication(file))
  for (const { file, function: name } of frames.slice(Math.max(0, site.user), last === -1 ? undefined : last + 1)) {
    if (file === null || isInternal(file)) continue
    const within = packageName(file)
    if (within === 'leakwatch') continue
    const place = within === null ? `${name ?? ''} ${stableFile(file, facts)}` : `package ${within}`
    if (place !== places.at(-1)) places.push(place)
    if (places.length === placesKept) break
  }
  return hash([type, ...places].join('\n'))
}

function stableFile(file: string, { names, roots, process }: Facts): string {
  let root: string | null = null
  for (const candidate of roots) {
    if (liesIn(candidate, file) && candidate.length > (root?.length ?? 0)) root = candidate
  }
  const name = root === null ? undefined : names?.[root]
  return `${name === undefined ? '' : `${name} `}${relativePath(root ?? process.cwd, file)}`
}

// 64 bits from two lanes, each multiplied by its own odd constant and mixed with the other at the end: no module of
// Node is at hand in here, and BigInt is slow.
function hash(text: string): string {
  let high = 0x811c9dc5
  let low = 0x9747b28c
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    high = Math.imul(high ^ unit, 0x9e3779b1)
    low = Math.imul(low ^ unit, 0x5f356495)
  }
  high = mixed(high ^ (low >>> 15))
  low = mixed(low ^ (high >>> 13))
  return hex(high) + hex(low)
}

function mixed(lane: number): number {
  const once = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b)
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35)
  return twice ^ (twice >>> 16)
}

function hex(lane: number): string {
  return (lane >>> 0).toString(16).padStart(8, '0')
}
