// What sockets of Node and undici tell of themselves, undocumented as all of node-internals.ts.
import type { Pool } from '../../model/resource.ts'
import { Array, Object, ownValue, Reflect } from '../intrinsics.ts'
import { asObject, read, valueOfSymbol } from '../node-internals.ts'
import { getBuiltinModule } from '../taps/untapped.ts'

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
  if (!isHeardFor(owner, 'agentRemove')) return false
  const message = ownValue(owner, '_httpMessage')
  return message === null || ownValue(asObject(message) ?? {}, 'destroyed') === true
}

// An Agent lists its sockets by the name of their host; where it does not, every Agent is taken for one of the program's.
function isOfGlobalAgent(owner: object, protocol: 'http' | 'https'): boolean {
  const { globalAgent } = getBuiltinModule(`node:${protocol}`)
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
 * Whether a socket was ended, has nothing left to write and is about to tell the other side. If its states vanish: it is a leak
 * until it is closed.
 */
export function isEnding(owner: object): boolean {
  const state = asObject(ownValue(owner, '_writableState'))
  return state !== null && read(state, 'ending') === true && read(state, 'finished') === false && read(state, 'length') === 0
}

/** The path of a server on a Unix socket. If `_pipeName` vanishes: such a server has no target. */
export function pipeNameOf(owner: object): string | null {
  const name = ownValue(owner, '_pipeName')
  return typeof name === 'string' ? name : null
}

function isHeardFor(emitter: object, event: string): boolean {
  return ownValue(asObject(ownValue(emitter, '_events')) ?? {}, event) !== undefined
}

function numberOfSymbol(owner: object, description: string): number {
  const symbol = Object.getOwnPropertySymbols(owner).find(each => each.description === description)
  return symbol === undefined ? NaN : Number(Reflect.get(owner, symbol))
}
