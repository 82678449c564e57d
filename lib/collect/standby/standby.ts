import { type AsyncHook, AsyncResource, createHook } from 'node:async_hooks'
import { isStandard } from '../../model/resource.ts'
import { type Fault, faultOf } from '../../model/snapshot.ts'
import { type Beginnings, Recorder } from '../recorder.ts'
import { clientFrames } from '../stacks/scripts.ts'
import { StackCapture } from '../stacks/stack.ts'
import type { TapEarlier } from '../taps/fs/earlier.ts'
import { Messages, type MessagesStandby } from '../taps/messages.ts'
import { Taps, type TapsStandby } from '../taps/taps.ts'
import type { Scopes } from '../tracked/scopes.ts'
import { withoutPromises } from './hook-options.ts'
import { Listeners } from './listeners.ts'
import { constructedBy, isPutOffInline, isToOpen, OtherCallbacks } from './node-calls.ts'
import { isCalledByFs, isCalledByProgram, isPutOffByPackage } from './program-calls.ts'
import { passOn } from './pass-on.ts'
import { TrackedTypes } from './tracked-types.ts'
import { type Wanted, WantedByAll } from './wanted.ts'

// A program that yields to the event loop over and over pays for a look at so many of its turns.
const putOffLimit = 256

/**
 * Stands by until the program opens something: most processes and most tests never do, and compiling the recorder would cost them more
 * than all else. The taps are in place from the start, since a program may take functions of node:fs into variables of its own; a hook
 * looks at what is announced. The first of it that a line of the program stands behind makes the recorder, and is told to it.
 */
export class Standby implements Beginnings, MessagesStandby, TapsStandby {
  readonly listeners = new Listeners()
  readonly faults: Fault[] = []
  /** Packages, as beginnings of paths inside node_modules, whose resources are no reason to record. */
  readonly own: readonly string[]
  /** Whether hooks are told of anything in this runtime. */
  isTold = false
  hasPromises = false
  passedOver: number | null = null
  isPassing = false
  recorder: Recorder | null = null
  readonly messages = new Messages(this)
  readonly #wanted = new WantedByAll()
  readonly #taps = new Taps(this)
  readonly #whenAwake: ((recorder: Recorder) => void)[] = []
  readonly #hook: AsyncHook
  readonly #init: (asyncId: number, type: string, triggerAsyncId: number, resource: object) => void
  readonly #others = new OtherCallbacks()
  #tracked: TrackedTypes | null = null
  #stacks: StackCapture | null = null
  #scopes: Scopes | null = null
  #isAside = false
  #putOff = 0
  #isStopped = false
  #dropped = 0

  constructor(own: readonly string[]) {
    this.own = own
    this.#init = (asyncId, type, triggerAsyncId, resource) => {
      // Most of what hooks are told of, where they are told of it.
      if (type === 'PROMISE') {
        this.hasPromises = true
        return
      }
      try {
        this.#onInit(asyncId, type, triggerAsyncId, resource)
      } catch (error) {
        if (!passOn(error)) this.#fault('init', error)
      }
    }
    this.#hook = createHook({ init: this.#init, ...withoutPromises }).enable()
    // What hooks are told of is seen at once.
    void new AsyncResource('LEAKWATCH')
    void new Promise<void>(() => {})
  }

  /** What is recorded, by type. Looked up with the first resource that a line of the program stands behind. */
  get tracked(): TrackedTypes {
    if (this.#tracked === null) {
      this.#tracked = new TrackedTypes()
      this.#tracked.addAll(this.#wanted.types)
    }
    return this.#tracked
  }

  /** The realm that captures stacks; it costs a millisecond. */
  get stacks(): StackCapture {
    return this.#stacks ??= new StackCapture()
  }

  /** Adds to what is recorded; `tapEarlier` meets functions of node:fs that the program took before. */
  widen(wanted: Wanted, tapEarlier: TapEarlier | null = null): void {
    this.#wanted.add(wanted)
    this.#tracked?.addAll(wanted.types)
    if (wanted.isUnasked || this.tracked.has('fd')) this.#taps.tapFs(wanted.ownership, tapEarlier)
    if (wanted.isUnasked || this.tracked.has('TCPSERVERWRAP')) this.#taps.tapNet(wanted.depth > 0)
    this.recorder?.heed(this.#wanted)
    // How something was reached goes through what is not worth recording itself.
    if (wanted.chain) this.wake()
  }

  /** Takes back what somebody added: what nobody else wants is recorded no longer. The taps stay. */
  narrow(wanted: Wanted): void {
    this.#wanted.delete(wanted)
    this.#tracked = null
    this.recorder?.heed(this.#wanted)
  }

  /** The recorder, made if there is none yet; null where that failed, or is over. */
  wake(): Recorder | null {
    if (this.recorder !== null || this.#isAside || this.#isStopped) return this.recorder
    this.#isAside = true
    try {
      const recorder = new Recorder(this)
      recorder.heed(this.#wanted)
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
      this.#isAside = false
    }
    return this.recorder
  }

  wakeFor(below: object): Recorder | null {
    return this.recorder ?? (this.#isCalledByProgram(below) ? this.wake() : null)
  }

  wakeForNumber(fd: unknown, below: object): Recorder | null {
    if (this.recorder !== null || typeof fd !== 'number' || isStandard(fd)) return this.recorder
    if (fd !== this.passedOver) return this.wakeFor(below)
    this.passedOver = null
    return null
  }

  /** Calls back with the recorder as soon as there is one. */
  whenAwake(run: (recorder: Recorder) => void): void {
    if (this.recorder === null) this.#whenAwake.push(run)
    else run(this.recorder)
  }

  /** Calls a function that begins something of ours: it is no reason to record. */
  aside<T>(run: () => T): T {
    const isAside = this.#isAside
    this.#isAside = true
    try {
      return run()
    } finally {
      this.#isAside = isAside
    }
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

  /** Whether a fault has ended the recording. */
  get isBroken(): boolean {
    return this.faults.length > 0 && (this.#isStopped || this.recorder?.isRecording === false)
  }

  /** Whether a snapshot would have nothing to tell of. */
  isEmpty(): boolean {
    const { recorder } = this
    return recorder === null ? this.isIdle : recorder.events.look(() => recorder.isEmpty())
  }

  /** Something that can't be seen: recording goes on, and the report is incomplete. */
  miss(where: string, error: unknown): void {
    this.faults[this.faults.length] = faultOf(where, error)
  }

  untap(): void {
    this.#taps.undo()
  }

  /** The event loop is over; listeners of `exit` are still to come. */
  ending(): void {
    this.recorder?.ending()
  }

  /** No callback of the program runs after this. */
  end(): void {
    this.recorder?.end()
  }

  stop(): void {
    this.#isStopped = true
    this.#hook.disable()
    if (this.recorder === null) this.untap()
    else this.recorder.stop()
  }

  // As the recorder's own: no closures, spreads or string building.
  #onInit(asyncId: number, type: string, triggerAsyncId: number, resource: object): void {
    this.isTold = true
    if (this.recorder !== null || this.#isAside) return
    if (this.#scopes !== null) this.#scopes.noteBegun()
    this.listeners.tell(type, resource)
    if (!this.#isWorthRecording(type, triggerAsyncId, resource)) return
    this.wake()?.events.replay(this.#init, asyncId, type, triggerAsyncId, resource)
  }

  #isWorthRecording(type: string, triggerAsyncId: number, resource: object): boolean {
    // The program's own: a context that its callbacks run in, whatever its name.
    if (resource instanceof AsyncResource) return false
    const stream = type === 'TickObject' ? constructedBy(resource, this.#others) : null
    if (stream !== null) return isToOpen(stream)
    if (isPutOffInline(type, resource, this.#others) && this.#putOff++ < putOffLimit && isPutOffByPackage(this.#init, this)) return true
    if (type === 'TickObject' || this.#tracked?.isReason(type) === false) return false
    // Or another process hands it over.
    return (this.#isOfProgram(this.#init) && this.tracked.isReason(type)) || (triggerAsyncId === this.messages.channelId && this.tracked.get(type)?.group === 'net')
  }

  #isCalledByProgram(below: object): boolean {
    try {
      return !isCalledByFs(below, this) && this.#isOfProgram(below)
    } catch (error) {
      this.#fault('fs', error)
      return false
    }
  }

  // As far as the recorder would look for a line of the program.
  #isOfProgram(below: object): boolean {
    return isCalledByProgram(below, this.#wanted.depth + clientFrames, this)
  }

  #fault(where: string, error: unknown): void {
    // The program is out of stack: it is about to learn that itself.
    if (error instanceof RangeError) return void this.#dropped++
    try {
      this.miss(where, error)
      this.stop()
    } catch {
      // As for a recorder: what is left of the taps is inert.
    }
  }
}
