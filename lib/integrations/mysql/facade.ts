import type { EventEmitter } from 'node:events'
import { type Method, tapMethod, type Taps } from '../taps/method.ts'
import type { Watching } from '../database/watching.ts'

/** What is used of a connection of mysql2's callback API. */
export interface CoreConnection extends EventEmitter {
  readonly stream?: EventEmitter
  query: Method
  execute: Method
  prepare: Method
  end: Method
  destroy: Method
}

// Of the promise API those methods that open something by calling the core's.
const opening = ['query', 'execute', 'prepare', 'beginTransaction']

/** The object of the callback API that does the work of one of the promise API; itself, where it is of the callback API. */
export function coreOf<T extends object>(object: object, name: 'pool' | 'connection'): T {
  const core: unknown = Reflect.get(object, name)
  return (typeof core === 'object' && core !== null && typeof Reflect.get(core, 'query') === 'function' ? core : object) as T
}

/** What a connection of the promise API opens has the site of its caller. */
export function followConnectionFacade(watching: Watching, facade: object): void {
  for (const name of opening) tapMethod(facade, name, ({ below, proceed }) => watching.within(below, proceed))
}

/** As `followConnectionFacade`, for the promises that a connection of the callback API makes of itself. */
export function followPromises(watching: Watching, taps: Taps, core: CoreConnection): void {
  taps.tap(core, 'promise', ({ proceed }) => {
    const facade = proceed()
    watching.attempt(() => followConnectionFacade(watching, facade))
    return facade
  })
  // It makes a query of it.
  taps.tap(core, 'beginTransaction', ({ below, proceed }) => watching.within(below, proceed))
}
