import { tapMethod } from '../taps/method.ts'
import type { Watching } from '../database/watching.ts'

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
