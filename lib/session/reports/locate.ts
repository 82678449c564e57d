import { dirname, isAbsolute, join, sep } from 'node:path'
import { readFileSync } from '../../collect/taps/untapped.ts'
import { isThere } from '../paths.ts'
import { isInternal, isOfApplication, packageName } from '../../model/path.ts'
import { type Frame, openingLine, type Site } from '../../model/site.ts'
import type { Snapshot } from '../../model/snapshot.ts'
import { isPassing, isSpy } from '../../model/text/package-path.ts'
import { beginMapping, mapFrame } from './source-maps.ts'

/**
 * The snapshot with the sites of its resources where their authors wrote them: positions mapped to the original source,
 * packages with name and version, and the root directories and names of the packages that hold them.
 *
 * @param isAgain Whether as much is known of code that was met before and was made in memory as the last time: to ask V8 for it takes a tenth of a second and more
 */
export function locate(snapshot: Snapshot, isAgain = false): Snapshot {
  beginMapping(isAgain)
  const used = usedSites(snapshot)
  const roots = new Set<string>()
  const sites = snapshot.sites.map((site, index) => used.has(index) ? locateSite(site, roots) : site)
  const names = Object.fromEntries([...roots].flatMap(root => {
    const { name } = packageIn(root)
    return name === null ? [] : [[root, name]]
  }))
  return { ...snapshot, sites, roots: [...roots], names }
}

function usedSites({ resources, closing, endings, misuses, sites: all }: Snapshot): ReadonlySet<number> {
  const used = new Set<number>()
  for (const resource of [...resources, ...closing]) {
    used.add(resource.site)
    for (const link of resource.chain) used.add(link.site)
  }
  for (const { sites: { opened, closed, second }, earlier, children } of misuses) {
    for (const site of [opened, closed, second, earlier?.opened ?? -1, earlier?.closed ?? -1, ...children.map(child => child.site)]) used.add(site)
  }
  // Of what was closed, those that a resource which is open shares its line with.
  const lines = new Set([...used].map(site => openingLine(all[site])))
  for (const { site, closers } of endings.bySite) {
    if (lines.has(openingLine(all[site]))) for (const closer of [site, ...closers.map(one => one.site)]) used.add(closer)
  }
  return used
}

function locateSite(site: Site, roots: Set<string>): Site {
  const frames = site.frames.map(mapFrame)
  for (const { file } of frames) {
    const root = file === null || !isAbsolute(file) ? null : rootOf(dirname(file))
    if (root !== null) roots.add(root)
  }
  const called = frames.findIndex(({ file }, index) => file !== null && !isInternal(file) && !isSpy(file) && !isToldOfListener(frames[index + 1]))
  const user = called === -1 ? frames.findIndex(({ file }) => file !== null && isPassing(file)) : called
  const app = frames.findIndex(({ file }, index) => isOfApplication(file) && !isToldOfListener(frames[index + 1]))
  return { ...site, frames, user, app, package: packageOf(frames[user]) }
}

// An `emit` of the program in the place of Node's own is told of each listener that is added: a signal is listened to for whoever added it.
function isToldOfListener(caller: Frame | undefined): boolean {
  return caller?.file === 'node:events' && caller.function === '_addListener'
}

function packageOf(frame: Frame | undefined): string | null {
  const file = frame?.file ?? null
  const name = file === null ? null : packageName(file)
  if (file === null || name === null) return null
  const root = file.slice(0, file.lastIndexOf(`node_modules${sep}`) + `node_modules${sep}`.length)
  const { version } = packageIn(join(root, name))
  return version === null ? name : `${name}@${version}`
}

interface Package {
  readonly name: string | null
  readonly version: string | null
}

const packages = new Map<string, Package>()

function packageIn(root: string): Package {
  let found = packages.get(root)
  if (found === undefined) packages.set(root, found = readPackage(join(root, 'package.json')))
  return found
}

function readPackage(file: string): Package {
  try {
    const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown, version?: unknown }
    return { name: typeof name === 'string' ? name : null, version: typeof version === 'string' ? version : null }
  } catch {
    return { name: null, version: null }
  }
}

const rootsByDirectory = new Map<string, string | null>()

// The nearest directory upwards with a package.json.
function rootOf(directory: string): string | null {
  let root = rootsByDirectory.get(directory)
  if (root !== undefined) return root
  const parent = dirname(directory)
  if (isThere(join(directory, 'package.json'))) root = directory
  else root = parent === directory ? null : rootOf(parent)
  rootsByDirectory.set(directory, root)
  return root
}
