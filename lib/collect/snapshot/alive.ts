import type { AliveFacts } from '../../model/snapshot.ts'
import { Map } from '../own-collections.ts'
import { standardHandles } from '../node-internals.ts'
import { getActiveResourcesInfo } from '../taps/untapped.ts'

// By what they are constructed: the name that the AsyncHook gives them is mostly the same in capitals.
const announced: ReadonlyMap<string, string> = new Map([
  ['TCPSocketWrap', 'TCPWRAP'], ['Timeout', 'Timeout'], ['Immediate', 'Immediate'],
  ['ConnectWrap', 'TCPCONNECTWRAP'], ['SimpleWriteWrap', 'WRITEWRAP'], ['SimpleShutdownWrap', 'SHUTDOWNWRAP'], ['SendWrap', 'UDPSENDWRAP'],
  ['CloseReq', 'FILEHANDLECLOSEREQ'],
])

/** What Node says of what keeps the event loop alive. */
export function aliveFacts(): AliveFacts {
  const counts = new Map<string, number>()
  for (const name of getActiveResourcesInfo.call(process)) {
    const type = announced.get(name) ?? name.toUpperCase()
    counts.set(type, (counts.get(type) ?? 0) + 1)
  }
  return { active: [...counts].map(([type, count]) => ({ type, count })), standard: standardHandles() }
}
