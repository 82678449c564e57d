import { openFile, shareWith } from '../watching/adapter.ts'
import { withoutFrames } from '../watching/leak-error.ts'
import type { FileWatch } from '../watching/file-watch.ts'
import { openIn } from '../watching/global-setup.ts'
import { hideOwnFrames } from '../watching/own-frames.ts'
import type { TestWatch } from '../watching/test-watch.ts'
import { inProject } from '../watching/project.ts'
import { type Callable, within } from '../watching/within.ts'

interface Hook {
  fn: Callable
  readonly type: string
}

interface Test {
  readonly name: string
  readonly parent?: Block | undefined
  readonly errors: unknown[]
  /** Whether it is meant to fail: Jest takes its error away, or makes one. */
  readonly failing?: boolean | undefined
  fn?: Callable | undefined
}

interface Block {
  readonly name: string
  readonly parent?: Block | undefined
  readonly hooks: readonly Hook[]
  readonly children: readonly (Block | Test)[]
}

interface State {
  readonly currentDescribeBlock: Block
  readonly currentlyRunningTest?: Test | null
  readonly unhandledErrors: unknown[]
}

interface Event {
  readonly name: string
  readonly test?: Test
  /** Of a failure. */
  readonly error?: unknown
}

interface Config {
  readonly projectConfig?: { readonly displayName?: { readonly name: string } | undefined }
}

interface Context {
  readonly testPath?: string
}

/** A test environment of Jest: the part of it that an adapter needs. */
interface JestEnvironment {
  readonly global: { readonly process: object }
  setup?(): Promise<void>
  handleTestEvent?(event: never, state: never): void | Promise<void>
}

export type EnvironmentClass = new (...args: any[]) => JestEnvironment

const own = ['jest/', 'jest-', '@jest/']

/** The test environment, watching the tests that run in it. */
export function watchingEnvironment<E extends EnvironmentClass>(Environment: E): E {
  return class extends Environment {
    readonly #tests = new WeakMap<Test, TestWatch>()
    readonly #file: FileWatch | null = openFile(own)
    #current: Test | null = null

    constructor(...args: any[]) {
      super(...args)
      if (this.#file === null) return
      shareWith(this.global.process)
      const [{ projectConfig }, { testPath }] = args as [Config, Context]
      if (testPath !== undefined) this.#file.files = [inProject(testPath, projectConfig?.displayName?.name)]
    }

    // What an environment opens for its tests it closes in its teardown, once they are judged.
    override async setup(): Promise<void> {
      const before = this.#file === null ? [] : openIn(this.#file)
      await super.setup?.()
      if (this.#file !== null) this.#file.judging?.setAside(openIn(this.#file).filter(key => !before.includes(key)))
    }

    override async handleTestEvent(event: Event, state: State): Promise<void> {
      // Some events are not waited for: what is put in place of a function is there before the first turn.
      if (this.#file !== null) this.#wrap(event, state, this.#file)
      await super.handleTestEvent?.(event as never, state as never)
      if (this.#file !== null) await this.#judge(event, state, this.#file)
    }

    #wrap({ name, test, error }: Event, { currentDescribeBlock: block, currentlyRunningTest }: State, file: FileWatch): void {
      if (error !== undefined) hideOwnFrames(error)
      if (name === 'add_test') {
        const added = block.children.at(-1) as Test | undefined
        if (added?.fn !== undefined) added.fn = within(added.fn, () => this.#watchOf(added, file))
      } else if (name === 'add_hook') {
        const hook = block.hooks.at(-1)
        if (hook === undefined || !hook.type.endsWith('Each')) return
        hook.fn = within(hook.fn, () => this.#current === null ? null : this.#watchOf(this.#current, file))
      } else if (name === 'test_skip') {
        file.isPartial = true
      } else if (name === 'test_started' || name === 'test_retry') {
        if (name === 'test_retry') this.#tests.delete(test!)
        this.#current = test ?? currentlyRunningTest ?? null
        if (this.#current !== null) this.#watchOf(this.#current, file)
      }
    }

    async #judge({ name, test }: Event, { unhandledErrors }: State, file: FileWatch): Promise<void> {
      if (name === 'test_done') {
        this.#current = null
        const error = await this.#tests.get(test!)?.end(test!.errors.length === 0 && test!.failing !== true ? 'passed' : 'failed')
        if (error) test!.errors.push(withoutFrames(error))
      } else if (name === 'run_finish') {
        if (unhandledErrors.length > 0) file.isPartial = true
        const error = await file.finish()
        if (error !== null) unhandledErrors.push(withoutFrames(error))
      }
    }

    #watchOf(test: Test, file: FileWatch): TestWatch {
      let watch = this.#tests.get(test)
      if (watch === undefined) this.#tests.set(test, watch = file.begin(fullName(test)))
      return watch
    }
  }
}

function fullName({ name, parent }: Test | Block): string {
  return parent === undefined || parent.parent === undefined ? name : `${fullName(parent)} ${name}`
}
