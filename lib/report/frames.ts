import type { ReportGroup } from '../model/report.ts'
import { channelName } from '../model/resource.ts'
import { isServerType } from '../model/type-table.ts'
import { isInternal, packageName, relativePath } from '../model/path.ts'
import { packagePath } from '../model/text/package-path.ts'
import type { Frame, Site } from '../model/site.ts'
import { escaped } from './escape.ts'

/** The line that opened the resources of a group; null where no stack names one. */
export function openingFrame({ site }: ReportGroup): Frame | null {
  return site.frames[site.user] ?? null
}

/** The application's line that led into the package which opened them; null where there is none. */
export function applicationFrame({ site }: ReportGroup): Frame | null {
  return site.frames[site.app] ?? null
}

/** What stands between a socket that a server accepted and the line of that server. */
export const verbOfAccepted = 'of the server started'

/** Whether a server accepted the resources of a group: the line that is shown for them is then the server's. */
export function isAccepted(group: ReportGroup): boolean {
  return isServerType(group.chain[0]?.type ?? '') && isShownAtLink(group)
}

/** Whether the resources of a group came from another process: the line that is shown for them is then where its channel is used. */
export function isHandedOver(group: ReportGroup): boolean {
  return group.chain[0]?.name === channelName && isShownAtLink(group)
}

function isShownAtLink({ chain: [link], site }: ReportGroup): boolean {
  const own = site.frames[site.user]
  const other = link?.site.frames[link.site.user]
  return own !== undefined && other !== undefined && positionOf(own) === positionOf(other)
}

/** What a frame is told from others by. */
export function positionOf({ file, line, column }: Frame): string {
  return `${file}:${line}:${column}`
}

/** `src/pool.ts:88:17 in acquire` */
export function renderFrame(frame: Frame, cwd: string): string {
  const position = [renderFile(frame.file, cwd), frame.line, frame.column].filter(part => part !== null).join(':')
  return frame.function === null ? position : `${position} in ${escaped(frame.function)}`
}

// A package manager that nests packages gives paths too long to read: what leads to the last node_modules goes.
function renderFile(file: string | null, cwd: string): string {
  if (file === null) return 'native code'
  const path = relativePath(cwd, file)
  const nested = path.indexOf('node_modules/') !== path.lastIndexOf('node_modules/')
  return escaped(nested ? `.../node_modules/${packagePath(file)}` : path)
}

/**
 * The frames that led to the opening line, nearest first, without Node's own; a run of frames in one package is
 * told in one line, since only its length is of interest.
 */
export function callersOf(site: Site, cwd: string): readonly string[] {
  const callers = site.frames.slice(site.user + 1, site.boundary).filter(({ file }) => file !== null && !isInternal(file))
  const lines: string[] = []
  for (let at = 0; at < callers.length;) {
    const run = runLength(callers, at)
    lines.push(run === 1 ? `at ${renderFrame(callers[at]!, cwd)}` : `through ${run} frames in ${escaped(packageOf(callers[at]!)!)}`)
    at += run
  }
  return lines
}

function runLength(frames: readonly Frame[], start: number): number {
  const name = packageOf(frames[start]!)
  if (name === null) return 1
  let end = start + 1
  while (end < frames.length && packageOf(frames[end]!) === name) end++
  return end - start
}

function packageOf({ file }: Frame): string | null {
  return file === null ? null : packageName(file)
}
