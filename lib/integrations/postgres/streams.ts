import type { EventEmitter } from 'node:events'
import { tapMethod } from '../taps/method.ts'

/** What a client carries out by handing it its connection: a Query, pg-cursor, pg-query-stream, pg-copy-streams. */
export interface Submittable extends EventEmitter {
  readonly cursor?: Submittable
  submit: (...args: any[]) => any
  read?: (...args: any[]) => any
  close?: (...args: any[]) => any
  pipe?: (...args: any[]) => any
}

export interface Followed {
  /** Null for what is over with its answer. */
  readonly kind: 'pg.Cursor' | 'pg.Stream' | null
  /** Calls back once when it is over, or its end was asked for; errors end it too, and stay whose they were. */
  readonly follow: ((ended: () => void) => void) | null
}

const nothing: Followed = { kind: null, follow: null }

/** How to learn of the end of something that stays open beyond its first answer. */
export function followStream(submitted: Submittable): Followed {
  const cursor = submitted.cursor ?? submitted
  const isStream = typeof submitted.pipe === 'function'
  if (typeof cursor.close !== 'function' && !isStream) return nothing
  return {
    kind: isStream ? 'pg.Stream' : 'pg.Cursor',
    follow: ended => {
      for (const event of ['end', 'finish', 'close']) submitted.once(event, ended)
      if (cursor !== submitted) cursor.once('end', ended)
      // The server confirms an end, or is ready after an error, later than the program may give the client back.
      tapMethod(submitted, 'handleError', ({ proceed }) => {
        ended()
        return proceed()
      })
      const undo = typeof cursor.close !== 'function' ? null : tapMethod(cursor, 'close', ({ proceed }) => {
        undo?.()
        ended()
        return proceed()
      })
    },
  }
}
