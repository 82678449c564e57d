import { cwd, readdirSync } from '../taps/untapped.ts'

/** Of the kernel's list of open descriptors (Linux). */
export const directory = '/proc/self/fd'

/** The numbers of the descriptors that are open, and the one that listing them takes; null where they can't be listed. */
export function listing(): readonly string[] | null {
  try {
    return readdirSync(directory)
  } catch {
    return null
  }
}

/** The working directory, null when it was removed. */
export function currentDirectory(): string | null {
  try {
    return cwd()
  } catch {
    return null
  }
}

/** Where the process was as leakwatch was loaded: what a report names is told from there, wherever the program goes. */
export const firstDirectory: string | null = currentDirectory()
