import type { TypeFacts } from '../../model/type-table.ts'

/**
 * Whether a type ends at its first callback: a thread calls back once, when it has ended; a reader of a Blob with each part, and is memory
 * alone from the first one on.
 */
export function endsAtBefore({ nature, type }: TypeFacts): boolean {
  return nature === 'request' || nature === 'job' || nature === 'thread' || type === 'BLOBREADER'
}

/** Whether a type is over when it is destroyed: for a file that is the collector's doing, and a leak; handles have ended before. */
export function isOverWhenDestroyed({ nature }: TypeFacts): boolean {
  return nature !== 'file' && nature !== 'handle' && nature !== 'session'
}
