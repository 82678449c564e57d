import { type AsyncHook, AsyncResource, createHook } from 'node:async_hooks'
import { packageName } from '../../model/path.ts'
import { isStandard } from '../../model/resource.ts'
import { type Fault, faultOf } from '../../model/snapshot.ts'
import { announced, withoutPromises } from '../hook-probes.ts'
import { Map } from '../intrinsics.ts'
import { type Beginnings, Recorder, type Wanted } from '../recorder.ts'
import { callingScripts } from '../stacks/callers.ts'
import { fsScript, isOfProgram } from '../stacks/scripts.ts'
import { openFrames, StackCapture } from '../stacks/stack.ts'
import { showTaps, tapFs, tapUse } from '../taps/fs.ts'
import type { FsStandby } from '../taps/fs-recorder.ts'
import { type NetStandby, tapNet } from '../taps/net.ts'
import type { Undo } from '../taps/tap.ts'
import type { Scopes } from '../tracked/scopes.ts'
import { constructedBy, makesStandardStream } from './node-calls.ts'
import { TrackedTypes } from './tracked-types.ts'

/**
 * Stands by until the program opens something: most processes and most tests never do, and compiling the recorder would cost them more
 * than all else. The taps are in place from the start, since a program may take functions of node:fs into variables of its own; a hook
 * looks at what is announced. The first of it that a line of the program stands behind makes the recorder, and is told to it.
 */
export class Standby implements Beginnings, FsStandby, NetStandby {
  readonly tracked = new TrackedTypes()
  readonly listeners = new Map<string, (resource: object) => void>()
  readonly faults: Fault[] = []
  readonly hasPromises = announced().promises
  recorder: Recorder | null = null
  readonly #own: readonly RegExp[]
  readonly #wanted: Wanted[] = []
  readonly #whenAwake: ((recorder: Recorder) => void)[] = []
  readonly #hook: AsyncHook
  readonly #init: (asyncId: number, type: string, triggerAsyncId: number, resource: object) => void
  #stacks: StackCapture | null = null
  #scopes: Scopes | null = null
  #depth = 0
  #isMaking = false
  #isStopped = false
  #dropped = 0
  #undoFs: Undo | null = null
  #undoUse: Undo | null = null
  #undoNet: Undo | null = null

  /**
   * @param own Packages whose resources are no reason to record
   */
  constructor(wanted: Wanted, own: readonly RegExp[]) {
    this.#own = own
    this.#init = (asyncId, type, triggerAsyncId, resource) => {
      try {
        this.#onInit(asyncId, type, triggerAsyncId, resource)
      } catch (error) {
        this.#fault('init', error)
      }
    }
    this.#hook = createHook({ init: this.#init, ...withoutPromises })
    this.widen(wanted)
    if (this.recorder === null) this.#hook.enable()
  }

  /** The realm that captures stacks; it costs a millisecond. */
  get stacks(): StackCapture {
    return this.#stacks ??= new StackCapture()
  }

  /** Adds to what is recorded. */
  widen(wanted: Wanted): void {
    this.#wanted.push(wanted)
    for (const type of wanted.types) this.tracked.add(type)
    this.#depth = Math.max(this.#depth, wanted.depth)
    if (this.tracked.has('fd')) this.#tapFs(wanted)
    if (this.tracked.has('TCPSERVERWRAP')) this.#undoNet ??= tapNet(this)
    this.recorder?.widen(wanted)
    // How something was reached goes through what is not worth recording itself.
    if (wanted.chain) this.wake()
  }

  /** The recorder, made if there is none yet; null where that failed, or is over. */
  wake(): Recorder | null {
    if (this.recorder !== null || this.#isMaking || this.#isStopped) return this.recorder
    this.#isMaking = true
    try {
      const recorder = new Recorder(this)
      for (const wanted of this.#wanted) recorder.widen(wanted)
      recorder.scopes = this.#scopes
      recorder.dropped = this.#dropped
      for (const run of this.#whenAwake) run(recorder)
      recorder.start()
      // Only now: a program that runs out of stack meanwhile is told so, and the next opening makes another.
      this.recorder = recorder
      this.#hook.disable()
    } catch (error) {
      this.#fault('start of the recorder', error)
    } finally {
      this.#isMaking = false
    }
    return this.recorder
  }

  wakeFor(below: object): Recorder | null {
    return this.recorder ?? (this.#isCalledByProgram(below) ? this.wake() : null)
  }

  wakeForNumber(fd: unknown, below: object): Recorder | null {
    return this.recorder ?? (typeof fd === 'number' && !isStandard(fd) ? this.wakeFor(below) : null)
  }

  /** Calls back with the recorder as soon as there is one. */
  whenAwake(run: (recorder: Recorder) => void): void {
    if (this.recorder === null) this.#whenAwake.push(run)
    else run(this.recorder)
  }

  /** Has what is opened from here on marked with the scope that it is opened in. */
  recordScopes(scopes: Scopes): void {
    this.#scopes = scopes
    if (this.recorder !== null) this.recorder.scopes = scopes
  }

  /** Whether nothing was met yet, our own faults included. */
  get isIdle(): boolean {
    return this.recorder === null && this.faults.length === 0
  }

  /** Whether a snapshot would have nothing to tell of. */
  isEmpty(): boolean {
    const { recorder } = this
    return recorder === null ? this.isIdle : recorder.events.look(() => recorder.isEmpty())
  }

  /** Something that can't be seen: recording goes on, and the report is incomplete. */
  miss(where: string, error: unknown): void {
    this.faults.push(faultOf(where, error))
  }

  untap(): void {
    this.#undoUse?.()
    this.#undoFs?.()
    if (this.#undoFs !== null) showTaps()
    this.#undoNet?.()
  }

  /** Nothing of the program runs after this. */
  end(): void {
    this.recorder?.end()
  }

  stop(): void {
    this.#isStopped = true
    this.#hook.disable()
    if (this.recorder === null) this.untap()
    else this.recorder.stop()
  }

  #tapFs({ ownership }: Wanted): void {
    const isNew = this.#undoFs === null || (this.#undoUse === null && ownership !== 'off')
    this.#undoFs ??= tapFs(this)
    if (ownership !== 'off') this.#undoUse ??= tapUse(this)
    if (isNew) showTaps()
  }

  // As the recorder's own: no closures, spreads or string building.
  #onInit(asyncId: number, type: string, triggerAsyncId: number, resource: object): void {
    if (type === 'PROMISE' || this.recorder !== null || this.#isMaking) return
    if (this.#scopes !== null) this.#scopes.noteBegun()
    if (this.listeners.size !== 0) this.listeners.get(type)?.(resource)
    if (!this.#isWorthRecording(type, resource)) return
    this.wake()?.events.replay(this.#init, asyncId, type, triggerAsyncId, resource)
  }

  #isWorthRecording(type: string, resource: object): boolean {
    if (!this.tracked.has(type)) {
      if (type === 'TickObject') return constructedBy(resource) !== null
      // Of no interest in itself, but the first one shows where FileHandles are posted from.
      if (type !== 'MESSAGEPORT' && this.tracked.leavesOut(type)) return false
    }
    return !(resource instanceof AsyncResource) && (this.#depth === 0 || this.#isOfProgram(this.#init))
  }

  #isCalledByProgram(below: object): boolean {
    if (this.#depth === 0) return true
    try {
      // readFileSync and its like close what they open, in the call. Node 26 reads each module that way.
      return callingScripts(below, 1, this)[0] !== fsScript && this.#isOfProgram(below)
    } catch (error) {
      this.#fault('fs', error)
      return false
    }
  }

  // What Node and the runner of the tests open for themselves is nobody's leak: without a recorder it is not even listed. As far as the
  // recorder would look for a line of the program.
  #isOfProgram(below: object): boolean {
    for (const script of callingScripts(below, this.#depth + openFrames, this)) {
      if (makesStandardStream(script)) return false
      if (isOfProgram(script)) return !this.#isOwn(script)
    }
    return false
  }

  #isOwn(script: string): boolean {
    if (this.#own.length === 0) return false
    const name = packageName(script)
    return name !== null && this.#own.some(expression => expression.test(name))
  }

  #fault(where: string, error: unknown): void {
    if (error instanceof RangeError) {
      // The program is out of stack: it is about to learn that itself.
      this.#dropped++
      return
    }
    this.miss(where, error)
    this.stop()
  }
}
