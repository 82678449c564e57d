import { channelName, type Link } from '../../model/resource.ts'
import { carriedBy, isEntry, siteOf, siteOfChannel, typeOf } from './attribution.ts'
import type { CauseLink } from '../causes.ts'
import type { Recorder } from '../recorder.ts'
import type { Entry } from '../table.ts'

const exchanges: ReadonlySet<string> = new Set(['HTTPINCOMINGMESSAGE', 'HTTP2STREAM'])

/** How a resource was reached, nearest first: the server that accepted it, or the channel that it came over, then what is known of its causes. */
export function chainOf(recorder: Recorder, entry: Entry): readonly Link[] {
  const link = acceptedOrHandedOver(recorder, beneathAll(recorder, entry))
  const causes = causesOf(recorder, entry, siteOf(recorder, entry))
  return link === null ? causes : [link, ...causes.filter(({ asyncId }) => asyncId !== link.asyncId)]
}

function acceptedOrHandedOver(recorder: Recorder, entry: Entry): Link | null {
  const { parent: server, triggerAsyncId } = entry
  if (server !== null && isEntry(server)) return { type: typeOf(server), asyncId: server.asyncId, name: null, site: siteOf(recorder, server) }
  const site = siteOfChannel(recorder, entry)
  return site === -1 || site !== siteOf(recorder, entry) ? null : { type: 'PIPEWRAP', asyncId: triggerAsyncId, name: channelName, site }
}

/** The causes of an opening at that site, as far as they have a line of the program or are requests that came in. */
export function causesOf(recorder: Recorder, opening: object, ownSite: number): readonly Link[] {
  const links: Link[] = []
  let before = ownSite
  for (const link of recorder.causes?.of(opening) ?? []) {
    const site = siteOfLink(recorder, link)
    // A timer that sets itself again, a promise of the same line: one step.
    const isStep = exchanges.has(link.type) || (recorder.sites.hasUser(site) && site !== before)
    if (!isStep) continue
    links.push({ type: link.type, asyncId: link.asyncId, name: link.name, site })
    before = site
  }
  return links
}

// While it lives, a resource may have an origin that its own stack does not show. An accepted socket's is its server, which is
// the next link.
function siteOfLink(recorder: Recorder, { asyncId, opening }: CauseLink): number {
  const own = recorder.pending?.intern(opening) ?? -1
  const entry = recorder.table.get(asyncId)
  if (entry === undefined || recorder.sites.hasUser(own)) return own
  return entry.parent !== null && isEntry(entry.parent) ? -1 : siteOf(recorder, entry)
}

function beneathAll(recorder: Recorder, entry: Entry): Entry {
  const beneath = carriedBy(recorder, entry)
  return beneath === undefined ? entry : beneathAll(recorder, beneath)
}
