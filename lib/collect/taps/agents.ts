import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Object, ownValue } from '../intrinsics.ts'
import { asObject, read } from '../node-internals.ts'
import type { Listeners } from '../standby/listeners.ts'
import { clientFrames } from '../stacks/scripts.ts'
import type { NetRecorder, NetStandby } from './net.ts'
import type { Undo } from './tap.ts'
import { getBuiltinModule } from './untapped.ts'

const created = 'http.client.request.created'

/** What is needed of the standby. */
export interface AgentsStandby extends NetStandby {
  readonly listeners: Listeners
}

/**
 * Keeps who asks for a request through an agent that is none of Node's, as those for proxies are: it makes the socket after a promise of its own, with no line of the
 * application on the stack. Node publishes a request within the call that makes it (22.12 and later). Where it does not: the socket stays with the package's line.
 */
export function hearRequests(standby: AgentsStandby): Undo {
  let isHearing = false
  const onRequest = (message: unknown) => {
    try {
      const request = asObject((message as { readonly request?: unknown }).request)
      if (request === null || !hasOtherAgent(request)) return
      const recorder = standby.wake()
      if (recorder?.isRecording !== true || recorder.pending === null) return
      const opening = { stack: -1, facts: { type: 'TCPWRAP' } }
      recorder.pending.captureBrief(opening, onRequest, clientFrames)
      recorder.origins.setAsked(request, opening)
      if (!isHearing) standby.listeners.add({ type: 'HTTPCLIENTREQUEST', hear: exchange => handOn(exchange, recorder) })
      isHearing = true
    } catch (error) {
      // A program that is out of stack is about to learn that itself.
      if (!(error instanceof RangeError)) standby.miss('http.request', error)
    }
  }
  subscribe(created, onRequest)
  return () => void unsubscribe(created, onRequest)
}

// Announced as a request is given its socket. If its `req` or the request's `socket` vanishes: that socket stays with the package's line.
function handOn(exchange: object, { origins }: NetRecorder): void {
  const request = asObject(ownValue(exchange, 'req'))
  const socket = request === null ? null : asObject(read(request, 'socket'))
  const asked = request === null ? undefined : origins.askedFor(request)
  if (socket !== null && asked !== undefined) origins.setAsked(socket, asked)
}

// The prototypes of Node's agents, which make a socket within the call; looked up with the first request, when the module is loaded.
const own: { http: object | null, https: object | null } = { http: null, https: null }

function hasOtherAgent(request: object): boolean {
  const agent = asObject(ownValue(request, 'agent'))
  if (agent === null) return false
  const protocol = ownValue(agent, 'protocol') === 'https:' ? 'https' : 'http'
  return Object.getPrototypeOf(agent) !== (own[protocol] ??= getBuiltinModule(`node:${protocol}`).Agent.prototype) || Object.hasOwn(agent, 'createConnection')
}
