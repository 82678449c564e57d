import { ownFolder, ownRoot } from '../../collect/stacks/own.ts'

let own: readonly string[] | null = null

/**
 * Takes our frames out of the stack of an error that a test fails with: a runner shows the line on top of it, which for a call of
 * node:fs would be a tap's.
 */
export function hideOwnFrames(error: unknown): void {
  try {
    // Of whichever realm.
    const { stack } = error as Error
    const lines = stack!.split('\n')
    const shown = lines.filter((line, index) => !isOwnFrame(line) && !(isRun(line) && isOwnFrame(lines[index + 1] ?? '')))
    if (shown.length < lines.length) (error as Error).stack = shown.join('\n')
  } catch {
    // It has no stack, or none that can be set.
  }
}

// By which we call a test in its scope.
function isRun(line: string): boolean {
  return /^ +at AsyncLocalStorage\.run \(node:/.test(line)
}

function isOwnFrame(line: string): boolean {
  return /^ +at /.test(line) && (own ??= ownFolders()).some(folder => line.includes(folder))
}

// As it runs, and as it was written, where a runner maps stacks to sources.
function ownFolders(): readonly string[] {
  return [ownRoot(), ownFolder()].flatMap(folder => [folder, folder.replace(/dist[\\/](lib[\\/])$/, '$1')])
}
