import { fileURLToPath } from 'node:url'
import type { Frame, Site } from '../../model/site.ts'
import { isPassing, isSpy, packagePath } from '../../model/text/package-path.ts'
import { Array, Math, startsWith } from '../intrinsics.ts'
import { Map } from '../own-collections.ts'
import type { CallSite } from './read-stack.ts'
import { isHidden as isHiddenScript } from './scripts.ts'
import type { RawStack } from './stack.ts'

const siteLimit = 65_536
// Programs that make scripts as they run, such as templates, meet frames without end.
const frameLimit = 4 * siteLimit
// Beyond what a script may have (V8's limit of a string).
const positionLimit = 2 ** 30

interface InternedFrame extends Frame {
  readonly ordinal: number
  readonly isUser: boolean
  /** Of the program, and not of a package. */
  readonly isApp: boolean
  /** Of a package that answers for what it calls where no frame of the program does. */
  readonly isPassing: boolean
  /** Ours, or the runner of the hooks above the first real frame: never shown. */
  readonly isHidden: boolean
  /** The constructor of a class that declares none, which lies where the class begins: shown where nobody else is known to have made the object. */
  readonly isUndeclared: boolean
}

interface Branch {
  site: number
  next: Map<number, Branch> | null
}

/**
 * Interns stacks to small numbers: each frame once by script and position, each stack as a path in a tree of frames.
 * Only a frame that was never met asks V8 for its function and line (reading those costs more than the capture).
 */
export class Sites {
  /** Stacks that found no room; they are reported as dropped. */
  overflow = 0
  readonly #sites: Site[] = []
  readonly #frames = new Map<string, Map<number, InternedFrame>>()
  readonly #continued = new Map<number, number>()
  readonly #root = newBranch()
  #frameCount = 0

  get all(): readonly Site[] {
    return this.#sites
  }

  /**
   * The number of a stack, -1 where it has no frame or no more are taken. So many frames are kept, more where the first
   * frame of the program, or the line of the application that called a package, lies deeper.
   */
  intern(raw: RawStack, depth: number): number {
    const callSites = raw.stack
    if (!Array.isArray(callSites)) return -1
    const found: InternedFrame[] = []
    let wanted = depth
    let hasUser = false
    let hasApp = false
    let standIn = 0
    for (const callSite of callSites as CallSite[]) {
      const frame = this.#frame(callSite, hasUser)
      if (frame === null) return this.#passOver()
      if (frame.isHidden) continue
      if (found.length >= depth && hasApp) break
      found[found.length] = frame
      if (frame.isPassing || frame.isUndeclared) {
        standIn ||= found.length
        continue
      }
      if (hasUser ? frame.isApp && !hasApp : frame.isUser) wanted = found.length
      hasUser ||= frame.isUser
      hasApp ||= frame.isApp
    }
    const kept = standIn === 0 ? found : withoutUndeclared(found, hasUser, hasApp)
    kept.length = Math.min(kept.length, Math.max(wanted, hasApp ? 0 : standIn, depth))
    if (kept.length === 0) return -1
    const branch = this.#branch(kept)
    if (branch === null || (branch.site === -1 && this.#isFull)) return this.#passOver()
    if (branch.site === -1) branch.site = this.#add(kept)
    return branch.site
  }

  /** The number of a stack that goes on with what another one has of the program; the first one's where no more are taken. */
  continued(site: number, other: number, depth: number): number {
    const key = site * siteLimit + other
    let found = this.#continued.get(key)
    if (found === undefined && this.#isFull) return site
    if (found === undefined) this.#continued.set(key, found = this.#join(this.#sites[site]!, this.#sites[other]!, depth))
    return found
  }

  hasUser(site: number): boolean {
    return site >= 0 && this.#sites[site]!.user !== -1
  }

  /** Whether a line of the program led to it, rather than of its packages alone. */
  hasApp(site: number): boolean {
    return site >= 0 && this.#sites[site]!.app !== -1
  }

  /** As `hasApp`, by calls alone, rather than as what a package did in a callback of its own. */
  isReachedByApp(site: number): boolean {
    return this.hasApp(site) && this.#sites[site]!.boundary === undefined
  }

  /** Whether two stacks have the first one's frame that answers in common, be it that in the other it stands between. */
  shareLine(one: number, other: number): boolean {
    const { frames: ofOne = [], user = -1 } = this.#sites[one] ?? {}
    const { frames = [], user: last = -1 } = this.#sites[other] ?? {}
    const a = ofOne[user]
    return a !== undefined && frames.some((b, index) => index <= last && a.file === b.file && a.line === b.line && a.column === b.column)
  }

  /** Whether a function of that name was called by the program, or by what it called, on the way to the resource. */
  isReachedThrough(site: number, name: string): boolean {
    if (site === -1) return false
    const { frames, user } = this.#sites[site]!
    return frames.some((frame, index) => frame.function === name && (user === -1 || index < user))
  }

  get #isFull(): boolean {
    return this.#sites.length >= siteLimit || this.#frameCount >= frameLimit
  }

  #passOver(): number {
    this.overflow++
    return -1
  }

  #join(one: Site, other: Site, depth: number): number {
    const boundary = one.frames.length
    const asked = other.frames.slice(other.user, Math.max(other.app + 1, other.user + depth))
    this.#sites[this.#sites.length] = { ...one, frames: [...one.frames, ...asked], app: boundary + other.app - other.user, boundary }
    return this.#sites.length - 1
  }

  #add(frames: readonly InternedFrame[]): number {
    const plain: Frame[] = []
    let user = -1
    let app = -1
    for (const { function: name, file, line, column, isUser, isApp } of frames) {
      if (isUser && user === -1) user = plain.length
      if (isApp && app === -1) app = plain.length
      plain[plain.length] = { function: name, file, line, column }
    }
    for (let index = 0; user === -1 && index < frames.length; index++) if (frames[index]!.isPassing) user = index
    this.#sites[this.#sites.length] = { frames: plain, user, app, package: null }
    return this.#sites.length - 1
  }

  // Null where no more are taken, as for the branch of a stack. Of the frame that is to answer for a resource it is made sure that it lies in the
  // script that was met: a module loaded anew with another text, or a script of `vm`, may have the name of an earlier one.
  #frame(callSite: CallSite, isBelowUser: boolean): InternedFrame | null {
    const script = scriptOf(callSite)
    const position = callSite.getPosition()
    const frame = this.#frames.get(script)?.get(position)
    if (frame === undefined) return this.#read(callSite, script, position)
    if (isBelowUser || !frame.isUser) return frame
    const line = callSite.getLineNumber()
    if (line === frame.line) return frame
    const key = line! * positionLimit + position
    return this.#frames.get(script)!.get(key) ?? this.#read(callSite, script, key)
  }

  #read(callSite: CallSite, script: string, key: number): InternedFrame | null {
    if (this.#isFull) return null
    let frames = this.#frames.get(script)
    if (frames === undefined) this.#frames.set(script, frames = new Map())
    const frame = readFrame(callSite, script, this.#frameCount++)
    frames.set(key, frame)
    return frame
  }

  #branch(frames: readonly InternedFrame[]): Branch | null {
    let branch = this.#root
    for (const { ordinal } of frames) {
      let next = branch.next?.get(ordinal)
      if (next === undefined) {
        if (this.#isFull) return null
        branch.next ??= new Map()
        branch.next.set(ordinal, next = newBranch())
      }
      branch = next
    }
    return branch
  }
}

// Those whose objects others are known to have made.
function withoutUndeclared(frames: readonly InternedFrame[], hasUser: boolean, hasApp: boolean): InternedFrame[] {
  const kept: InternedFrame[] = []
  for (const frame of frames) if (!frame.isUndeclared || !(frame.isApp ? hasApp : hasUser)) kept[kept.length] = frame
  return kept
}

function newBranch(): Branch {
  return { site: -1, next: null }
}

// Code made by eval or new Function has no script of its own: it is told apart by where it was made, and shown without a
// file, so that the line which evaluates it is the first of the program. Native functions have but their name.
function scriptOf(callSite: CallSite): string {
  return callSite.getScriptNameOrSourceURL() ?? callSite.getEvalOrigin() ?? `native ${callSite.getFunctionName()}`
}

function readFrame(callSite: CallSite, script: string, ordinal: number): InternedFrame {
  const name = callSite.getFunctionName()
  const file = callSite.getScriptNameOrSourceURL() === script ? toPath(script) : null
  const isHidden = isHiddenScript(script)
  const isUser = !isHidden && file !== null && !startsWith(file, 'node:') && !startsWith(file, 'wasm:') && !isSpy(file)
  return {
    ordinal,
    function: name !== null && callSite.isConstructor() ? `new ${name}` : name,
    file,
    // Asked for the first line of a script, V8 looks for all its ends of lines.
    line: isHidden ? null : callSite.getLineNumber(),
    column: isHidden ? null : callSite.getColumnNumber(),
    isUser,
    isApp: isUser && packagePath(file) === null,
    isPassing: file !== null && isPassing(file),
    isHidden,
    isUndeclared: !isHidden && callSite.isConstructor() && isUndeclared(callSite),
  }
}

// Native ones have no line.
function isUndeclared(callSite: CallSite): boolean {
  const line = callSite.getLineNumber()
  return line !== null && callSite.getEnclosingLineNumber() === line && callSite.getEnclosingColumnNumber() === callSite.getColumnNumber()
}

function toPath(script: string): string | null {
  if (script === '') return null
  if (!startsWith(script, 'file:')) return script
  try {
    return fileURLToPath(script)
  } catch {
    return script
  }
}
