import type { TypeFacts } from '../../model/type-table.ts'

/**
 * Whether a type ends at its first callback: a thread calls back once, when it has ended; a reader of a Blob with each part, and is memory
 * alone from the first one on.
 */
export function endsAtBefore({ nature, type }: TypeFacts): boolean {
  return nature === 'request' || nature === 'job' || nature === 'thread' || type === 'BLOBREADER'
}
