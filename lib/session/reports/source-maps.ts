import { createRequire, findSourceMap, SourceMap, type SourceMapPayload, type SourceMapping } from 'node:module'
import { basename, isAbsolute } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { readFileSync, statSync } from '../../collect/taps/untapped.ts'
import { isInternal, liesIn, packageName } from '../../model/path.ts'
import type { Frame } from '../../model/site.ts'
import { GeneratedMaps } from './generated-maps.ts'
import { sourcePath } from './source-paths.ts'

interface Position {
  readonly source: string
  readonly line: number
  readonly column: number
}

type MapPosition = (position: Position) => Position & { readonly name?: string | null }

const hasMap = new Map<string, boolean>()
const onDisk = new Map<string, SourceMap>()
/** By file; null where source-map-support finds the map. */
const encodedPaths = new Map<string, string | null>()
// So much of a file's end is looked at for the address of its map; one that holds the map itself is longer, and no path.
const urlLimit = 4_096
const mapUrl = /[#@] ?sourceMappingURL=(\S+)/g
// A file may also speak of it, as bundlers do.
const mapComment = /\/[/*][#@]\s*sourceMappingURL=[^\s'"]+\s*(?:\*\/\s*)?$/m
// More than one of them after the other is rare, and a circle has no end.
const stepLimit = 4
let mapPosition: MapPosition | null = null
let generated: GeneratedMaps | null = null
let isToRenew = false

/**
 * Before the frames of a report are mapped: what was made in memory since the last one is read anew.
 *
 * @param isAgain Whether that is to be done for code alone that was not met before
 */
export function beginMapping(isAgain: boolean): void {
  if (!isAgain) generated = null
  isToRenew = isAgain
}

/** The frame where its author wrote it; as it is where no map says otherwise. Never throws, whatever a map contains. */
export function mapFrame(frame: Frame): Frame {
  const { file, line, column } = frame
  if (file === null || line === null || column === null || isInternal(file)) return frame
  try {
    const mapped = mapInMemory(frame, file, line, column) ?? mapGenerated(frame, file, line, column) ?? mapOnDisk(frame, file, line, column)
    return mapped.file === file ? mapped : within(file, frame, onwards(mapped))
  } catch {
    return frame
  }
}

// What a bundler was given may have been compiled before, and name a map of its own.
function onwards(frame: Frame, steps = stepLimit): Frame {
  const { file, line, column } = frame
  if (file === null || line === null || column === null || steps === 0) return frame
  try {
    const mapped = mapOnDisk(frame, file, line, column)
    return mapped.file === file ? mapped : within(file, frame, onwards(mapped, steps - 1))
  } catch {
    // It need not be here at all.
    return frame
  }
}

function within(file: string, frame: Frame, mapped: Frame): Frame {
  return mapped.file !== null && leavesPackage(file, mapped.file) ? frame : mapped
}

// A package that was built in a workspace may name sources that were never published, where a file of the program or of another package lies here. What
// lies beside the packages (`.vite`) holds others.
function leavesPackage(file: string, source: string): boolean {
  const name = packageName(file)
  if (name === null || name.startsWith('.')) return false
  const parent = file.lastIndexOf('node_modules') + 'node_modules/'.length
  return !liesIn(file.slice(0, parent + name.length), source)
}

// tsx and other loaders keep their maps in memory alone; Node holds those while source maps are enabled.
function mapInMemory(frame: Frame, file: string, line: number, column: number): Frame | null {
  const isEnabled = (process as { sourceMapsEnabled?: boolean }).sourceMapsEnabled === true
  // Not `findOrigin`, which adds how far behind the last mapping the position lies, in code that a loader has compacted.
  const found = isEnabled ? findSourceMap(file)?.findEntry(line - 1, column - 1) as Partial<SourceMapping> | undefined : undefined
  if (found?.originalSource === undefined || found.originalLine === undefined || found.originalColumn === undefined) return null
  return moved(frame, file, found.originalSource, found.originalLine + 1, found.originalColumn + 1)
}

// Vitest and Jest run files under their own names, but what they run they have transformed; so do ts-node, Babel and their like.
function mapGenerated(frame: Frame, file: string, line: number, column: number): Frame | null {
  if (!isTransformed(file)) return null
  const url = isAbsolute(file) ? pathToFileURL(file).href : file
  const found = mapsFor(url).get(url)?.findEntry(line - 1, column - 1)
  if (found === undefined || !('originalLine' in found)) return null
  // Its sources are named relative to the file, which is the only one of them; but for a file that was compiled once before.
  const source = isBundlers(file) || (isAbsolute(file) && namesMap(file)) ? found.originalSource : file
  return moved(frame, file, source, found.originalLine + 1, found.originalColumn + 1)
}

// Once in a report: each time takes a tenth of a second and more.
function mapsFor(url: string): GeneratedMaps {
  generated ??= new GeneratedMaps()
  if (isToRenew && !generated.hasMet(url)) {
    generated.renew()
    isToRenew = false
  }
  return generated
}

function isTransformed(file: string): boolean {
  if (process.env.VITEST !== undefined || process.env.JEST_WORKER_ID !== undefined || isBundlers(file)) return true
  // What a compiler has written to disk names its map there.
  return isAbsolute(file) && packageName(file) === null && (!/\.[cm]?js$/.test(file) || hasRequireHook()) && !namesMap(file)
}

// A module that a bundler has evaluated by its text.
function isBundlers(file: string): boolean {
  return file.startsWith('webpack-internal:')
}

// A hook of `require` takes more kinds of files than Node does.
function hasRequireHook(): boolean {
  return Object.keys(createRequire(import.meta.url).extensions).some(extension => !/^\.(?:js|json|node)$/.test(extension))
}

function mapOnDisk(frame: Frame, file: string, line: number, column: number): Frame {
  if (!isAbsolute(file) || !namesMap(file)) return frame
  const path = encodedPathOf(file)
  if (path !== null) return mapBy(path, frame, line, column)
  // Loaded at the first report on a file that has a map: it costs 40 ms, and calls what the program made of fs and require.
  mapPosition ??= load()
  const { source, line: toLine, column: toColumn } = outsideBrowser(mapPosition, { source: file, line, column: column - 1 })
  return source === file ? frame : moved(frame, file, source, toLine, toColumn + 1)
}

// With the globals of a DOM beside it, as tests have them, source-map-support takes itself for a browser, and sends requests for files.
function outsideBrowser(map: MapPosition, position: Position): Position {
  const request = Object.getOwnPropertyDescriptor(globalThis, 'XMLHttpRequest')
  if (request === undefined) return map(position)
  Object.defineProperty(globalThis, 'XMLHttpRequest', { value: undefined })
  try {
    return map(position)
  } finally {
    Object.defineProperty(globalThis, 'XMLHttpRequest', request)
  }
}

// Compilers name a map by its URL, `%5Bslug%5D.js.map`, which source-map-support takes for a path.
function encodedPathOf(file: string): string | null {
  let path = encodedPaths.get(file)
  if (path === undefined) encodedPaths.set(file, path = readEncodedPath(file))
  return path
}

function readEncodedPath(file: string): string | null {
  const end = readFileSync(file, 'utf8').slice(-urlLimit)
  const [, name = ''] = [...end.matchAll(mapUrl)].at(-1) ?? []
  return name.includes('%') && !/^[a-z]+:/i.test(name) ? fileURLToPath(new URL(name, pathToFileURL(file))) : null
}

function mapBy(path: string, frame: Frame, line: number, column: number): Frame {
  let map = onDisk.get(path)
  if (map === undefined) onDisk.set(path, map = new SourceMap(JSON.parse(readFileSync(path, 'utf8')) as SourceMapPayload))
  const found = map.findEntry(line - 1, column - 1)
  if (!('originalLine' in found)) return frame
  return moved(frame, path, found.originalSource, found.originalLine + 1, found.originalColumn + 1)
}

function load(): MapPosition {
  const { mapSourcePosition } = createRequire(import.meta.url)('source-map-support') as { mapSourcePosition: MapPosition }
  return mapSourcePosition
}

function namesMap(file: string): boolean {
  let found = hasMap.get(file)
  if (found === undefined) hasMap.set(file, found = statSync(file).isFile() && mapComment.test(readFileSync(file, 'utf8')))
  return found
}

function moved(frame: Frame, from: string, source: string, line: number, column: number): Frame {
  // A position that the map does not cover comes back empty, a source that it leaves out under the name `null`.
  if (typeof source !== 'string' || source === '' || basename(source) === 'null' || !(line > 0)) return frame
  return { function: frame.function, file: sourcePath(source, from), line, column: Math.max(column, 1) }
}
