import { isInternal, liesIn, packageName, packagePath, relativePath } from '../model/path.ts'
import type { Frame, Site } from '../model/site.ts'
import type { Snapshot } from '../model/snapshot.ts'

/**
 * What stays the same of a leak across runs, machines and unrelated edits: its type and the program's frames, each as
 * function and file within its package. Lines, columns, versions, ids and Node's own frames change too easily.
 */
export function fingerprint(type: string, site: Site, snapshot: Snapshot): string {
  const lines = [type]
  for (const frame of site.frames.slice(Math.max(0, site.user))) {
    if (isOfProgram(frame)) lines.push(`${frame.function ?? ''} ${stableFile(frame.file, snapshot)}`)
  }
  return hash(lines.join('\n'))
}

function isOfProgram(frame: Frame): frame is Frame & { readonly file: string } {
  return frame.file !== null && !isInternal(frame.file) && packageName(frame.file) !== 'leakwatch'
}

function stableFile(file: string, snapshot: Snapshot): string {
  const inside = packagePath(file)
  if (inside !== null) return inside
  let root: string | null = null
  for (const candidate of snapshot.roots) {
    if (liesIn(candidate, file) && candidate.length > (root?.length ?? 0)) root = candidate
  }
  return relativePath(root ?? snapshot.process.cwd, file)
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
