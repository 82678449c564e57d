import { ownFolder, ownRoot } from '../../collect/stacks/own.ts'

const own = [ownRoot(), ownFolder()]

/**
 * Takes our frames out of the stack of an error that a test fails with: a runner shows the line on top of it, which for a call of
 * node:fs would be a tap's.
 */
export function hideOwnFrames(error: unknown): void {
  try {
    // Of whichever realm.
    const { stack } = error as Error
    const lines = stack!.split('\n')
    const shown = lines.filter(line => !isOwnFrame(line))
    if (shown.length < lines.length) (error as Error).stack = shown.join('\n')
  } catch {
    // It has no stack, or none that can be set.
  }
}

function isOwnFrame(line: string): boolean {
  return /^ +at /.test(line) && own.some(folder => line.includes(folder))
}
