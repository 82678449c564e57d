// What sockets of Node and undici tell of themselves, undocumented as all of node-internals.ts.
import { Duplex } from 'node:stream'
import type { Pool } from '../../model/resource.ts'
import { Array, Object, Reflect } from '../intrinsics.ts'
import { asObject, ownValue, valueOfSymbol } from '../node-internals.ts'

// Taken at load: the program may put another in its place.
const { destroy } = Duplex.prototype

/**
 * The pool in which a socket lies idle, or to which it is on its way: whoever reads an answer to its end is told so one turn
 * of the loop before the pool takes the socket. If what is read here vanishes: idle sockets of that pool are judged `active`.
 */
export function poolOf(owner: object): Pool | null {
  if (isFreeForAgent(owner)) {
    const protocol = ownValue(owner, 'encrypted') === true ? 'https' : 'http'
    return isOfGlobalAgent(owner, protocol) ? `${protocol}.globalAgent` : `${protocol}.Agent`
  }
  return isFreeForClient(owner) ? 'fetch' : null
}

// http.Agent keeps its `agentRemove` listener on the socket. A request lets go of its socket when it is answered, and is then
// destroyed without it.
function isFreeForAgent(owner: object): boolean {
  if (listenersOf(owner, 'agentRemove').length === 0) return false
  const message = ownValue(owner, '_httpMessage')
  return message === null || ownValue(asObject(message) ?? {}, 'destroyed') === true
}

// An Agent lists its sockets by the name of their host; where it does not, every Agent is taken for one of the program's.
function isOfGlobalAgent(owner: object, protocol: 'http' | 'https'): boolean {
  const { globalAgent } = process.getBuiltinModule(`node:${protocol}`)
  return ['freeSockets', 'sockets'].some(name => {
    const byHost = asObject(ownValue(globalAgent, name))
    return byHost !== null && Object.entries(byHost).some(([, sockets]) => Array.isArray(sockets) && sockets.includes(owner))
  })
}

// undici, in Node and from npm, leads from a socket to its client, whose queue is through when its running index has come to the end.
function isFreeForClient(owner: object): boolean {
  const client = valueOfSymbol(owner, 'client')
  const queue = client === null ? null : valueOfSymbol(client, 'queue')
  return queue !== null && Array.isArray(queue) && numberOfSymbol(client!, 'running index') === queue.length
}

/**
 * Whether a socket that was ended has nothing left to write and destroys itself when that is told to the other side, as
 * after an answer that is not kept alive. If its listener vanishes: it is a leak until then.
 */
export function destroysItself(owner: object): boolean {
  const state = asObject(ownValue(owner, '_writableState'))
  return state !== null && ownValue(state, 'length') === 0 && listenersOf(owner, 'finish').includes(destroy)
}

// The functions themselves, also of those that are called once.
function listenersOf(emitter: object, event: string): readonly unknown[] {
  const heard = ownValue(asObject(ownValue(emitter, '_events')) ?? {}, event)
  const listeners = Array.isArray(heard) ? heard as readonly unknown[] : heard === undefined ? [] : [heard]
  return listeners.map(listener => (typeof listener === 'function' ? ownValue(listener, 'listener') : undefined) ?? listener)
}

function numberOfSymbol(owner: object, description: string): number {
  const symbol = Object.getOwnPropertySymbols(owner).find(each => each.description === description)
  return symbol === undefined ? NaN : Number(Reflect.get(owner, symbol))
}
