import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tap, type Undo, undoAll } from '../tap.ts'
import { closeSyncTap, closeTap } from './close.ts'
import type { Call, FsStandby } from './fs-recorder.ts'
import { openSyncTap, openTap } from './open.ts'
import { descriptorOperations, useTap } from './use.ts'

/**
 * Pairs opening and closing of integer descriptors, for which Node announces nothing. Seen by CommonJS, by named ESM
 * imports and by Node's own callers (readFileSync, streams). `fs.promises.open` needs no tap: its FileHandle is announced.
 */
export function tapFs(standby: FsStandby): Undo {
  const undos: Undo[] = []
  tapWith('openSync', original => openSyncTap(standby, original), standby, undos)
  tapWith('open', original => openTap(standby, original), standby, undos)
  tapWith('closeSync', original => closeSyncTap(standby, original), standby, undos)
  tapWith('close', original => closeTap(standby, original), standby, undos)
  return undoAll(undos)
}

/** Looks at the numbers that are read, written and asked, where somebody wants to know of those that are closed. */
export function tapUse(standby: FsStandby): Undo {
  const undos: Undo[] = []
  for (const operation of descriptorOperations) {
    for (const name of [operation, `${operation}Sync`]) tapWith(name, original => useTap(standby, original, name), standby, undos)
  }
  return undoAll(undos)
}

function tapWith(name: string, wrap: (original: Call) => Call, standby: FsStandby, undos: Undo[]): void {
  try {
    const undo = tap<Call>(fs, name, wrap)
    if (undo !== null) undos.push(undo)
  } catch (error) {
    standby.miss(`tap on fs.${name}`, error)
  }
}

/** Shows the taps that were put in place, or taken back, to modules that import functions of node:fs by name. */
export const showTaps: () => void = syncBuiltinESMExports
