import { resolve } from 'node:path'
import { isoTime, nowMs } from '../../model/clock.ts'
import { nothingEnded, snapshotSchema, type Snapshot } from '../../model/snapshot.ts'
import { aliveFacts } from './alive.ts'
import { fdOf } from './attribution.ts'
import { processFacts } from './empty.ts'
import type { Descriptor } from '../ledger.ts'
import { linkOf } from './kernel.ts'
import { kernelFacts } from './kernel-facts.ts'
import { liveResources, type View } from './live.ts'
import type { Recorder } from '../recorder.ts'
import { fstatSync, statSync } from '../taps/untapped.ts'
import { threads } from '../thread.ts'

/** Freezes the live set into plain data: the only way by which facts leave this room. */
export function capture(view: View): Snapshot {
  return view.recorder.events.look(() => captureLive(view))
}

function captureLive(view: View): Snapshot {
  const { recorder } = view
  recorder.pending?.internAll()
  recorder.sweep()
  const list = view.kernel?.list() ?? null
  if (list !== null) dropClosed(recorder, list)
  const takenAtMs = nowMs()
  const { resources, closing, held } = liveResources(view)
  const { pending } = recorder
  const skipped = pending?.sampling.skipped ?? 0
  return {
    schema: snapshotSchema,
    takenAt: isoTime(takenAtMs),
    takenAtMs,
    process: processFacts(),
    mode: pending === null ? 'count' : pending.sampling.isOn ? 'adaptive' : 'full',
    complete: recorder.faults.length === 0,
    faults: [...recorder.faults],
    dropped: recorder.dropped + recorder.table.dropped + recorder.sites.overflow + recorder.ownership.misuses.dropped,
    sampled: { captured: pending?.captured ?? 0, skipped },
    sites: [...recorder.sites.all],
    roots: [],
    resources,
    closing,
    alive: aliveFacts(),
    // What was closed of a line is not known where some of it had no stack.
    endings: view.kernel === null || skipped > 0 ? nothingEnded : recorder.endings.facts(),
    misuses: recorder.ownership.misuses.list(0),
    // A Worker knows what it opened itself, but descriptors belong to the whole process.
    kernel: list === null || view.kernel === null || !threads().isMainThread ? null : kernelFacts(view.kernel, list, { ...held, own: view.own }),
  }
}

// A number that the kernel does not know, or knows as another's, was closed by somebody whom no tap sees: native code, an adopting handle.
function dropClosed({ ledger, table }: Recorder, list: readonly number[]): void {
  const open = new Set(list)
  for (const descriptor of ledger.values()) if (!open.has(descriptor.fd) || isAnothers(descriptor)) ledger.end(descriptor)
  for (const entry of table.values()) {
    if (entry.facts.type !== 'FILEHANDLE') continue
    const fd = fdOf(entry)
    if (fd !== null && !open.has(fd)) table.end(entry)
  }
}

// Whether a number that was opened by the path of a file leads to what has no such path: a socket, or the device that libuv keeps in hand.
function isAnothers({ cwd, fd, path }: Descriptor): boolean {
  const target = path === null ? null : linkOf(fd)
  if (target === null || isFile(target)) return false
  const opened = resolve(cwd ?? '/', path!)
  return isFile(opened) && !isAt(opened, fd)
}

// A link to a device, or to the pipe that is standard output, is a file by its path alone.
function isAt(path: string, fd: number): boolean {
  try {
    const [there, here] = [statSync(path), fstatSync(fd)]
    return there.dev === here.dev && there.ino === here.ino
  } catch {
    return false
  }
}

function isFile(target: string): boolean {
  return target.startsWith('/') && !target.startsWith('/dev/') && !target.startsWith('/proc/')
}
