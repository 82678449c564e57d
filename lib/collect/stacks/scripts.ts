import { startsWith } from '../intrinsics.ts'
import { ownFolder, ownRoot } from './own.ts'

const ownUrl = ownRoot()
const ownPath = ownFolder()
/** Frames of Node between the program and init, taken beyond what was asked for: 10 at https.get (20 to 26). */
export const openFrames = 12
/** As `openFrames`, for sockets of which nothing carries the origin: 33 at a WebSocket (22). */
export const clientFrames = 36
/** Whose `readFileSync` and its like open, and close in the same call. */
export const fsScript = 'node:fs'
const hookRunner = 'node:internal/async_hooks'

/** Whether frames of a script are never shown: it is ours, or the runner of the hooks above the first real frame. */
export function isHidden(script: string): boolean {
  return script === hookRunner || startsWith(script, ownUrl) || startsWith(script, ownPath)
}

/** Whether a script is a file of the program or of one of its packages, rather than Node's or ours. */
export function isProgramScript(script: string): boolean {
  return script !== '' && !startsWith(script, 'node:') && !isHidden(script)
}
