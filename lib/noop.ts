// The API of `leakwatch` doing nothing: what the export condition `production` and LEAKWATCH=off resolve to. Of leakwatch it
// loads the errors and a few constants; no stack is captured, nothing is kept, no AsyncHook or AsyncLocalStorage is made.
import { isoTime, nowMs } from './model/clock.ts'
import { reportSchema } from './model/report.ts'
import { snapshotOfNothing } from './model/snapshot.ts'
import type { Diff, Report, Scope, ScopeOptions, Snapshot, Tag, Tracker as RealTracker, Watch } from './index.ts'

export { isLeakError, isLeakwatchError, LeakError, LeakwatchError } from './model/errors.ts'

const tag: Tag = Object.freeze({
  kind: 'off',
  name: null,
  isOpen: false,
  get target() {
    return null
  },
  set target(_target: string | null) {},
  child: () => tag,
  close() {},
  [Symbol.dispose]() {},
  async [Symbol.asyncDispose]() {},
})

export function track(): Tag {
  return tag
}

class InertTracker implements Pick<RealTracker, keyof RealTracker> {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }

  track(): Tag {
    return tag
  }

  snapshot(): Snapshot {
    return emptySnapshot()
  }

  close(): Report {
    return emptyReport()
  }

  [Symbol.dispose](): void {}
}

class InertWatch implements Pick<Watch, keyof Watch> {
  snapshot(): Snapshot {
    return emptySnapshot()
  }

  async check(): Promise<Report> {
    return emptyReport()
  }

  stop(): void {}

  [Symbol.dispose](): void {}
}

// What is private of the real classes is nobody's to see.
export const Tracker = InertTracker as unknown as typeof RealTracker

export function watch(): Watch {
  return new InertWatch() as unknown as Watch
}

export function diff(): Diff {
  return { survivors: [], gone: [], kept: [] }
}

export function scope<T>(given: string | ScopeOptions, fn: (scope: Scope) => T): T {
  return fn({ name: typeof given === 'string' ? given : given.name, id: 0, report: emptyReport })
}

export async function assertNoLeaks<T>(fn: () => T | Promise<T>): Promise<Awaited<T>> {
  return await fn()
}

export async function assertNoGrowth(fn: () => unknown): Promise<void> {
  await fn()
}

export function wrapFs<F extends object>(fs: F): F {
  return fs
}

function emptySnapshot(): Snapshot {
  return snapshotOfNothing(processFacts())
}

function emptyReport(): Report {
  return {
    schema: reportSchema, reason: 'api', generatedAt: isoTime(nowMs()), process: processFacts(), complete: true, faults: [], dropped: 0,
    sampled: { captured: 0, skipped: 0 }, leaks: [], pending: [], pooled: [], known: [], misuses: [], matchers: [], alive: [], baseline: null, kernel: null,
  }
}

function processFacts(): Snapshot['process'] {
  const { pid, ppid, version, platform, argv } = process
  return { pid, ppid, threadId: 0, node: version, platform, argv: [...argv], cwd: directory(), uptimeMs: Math.round(process.uptime() * 1000) }
}

function directory(): string {
  try {
    return process.cwd()
  } catch {
    // It was removed.
    return '/'
  }
}
