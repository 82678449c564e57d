import { total } from '../../model/grouped.ts'
import { isOfApplication } from '../../model/path.ts'
import type { ReportedResource, ReportGroup } from '../../model/report.ts'
import { duration } from '../../model/text/duration.ts'
import { renderFrame } from '../frames.ts'
import { counted } from '../hints.ts'
import { accountOf, afterCall, ledTo, partsOf, partTitle, verbOf, whatOf } from '../text/block.ts'
import { callerLines } from '../text/callers.ts'
import { quoted } from '../text/excerpt.ts'
import type { Quoted, Sources } from '../text/excerpt.ts'
import { quotedFrame } from '../text/fold.ts'
import type { Fold } from '../text/fold.ts'
import { shortened } from '../text/resources.ts'
import { element, lineBreak } from './markup.ts'
import type { Content, Markup } from './markup.ts'
import { definitions, table } from './table.ts'
import type { Column } from './table.ts'

const resourcesShown = 50
const stacksShown = 10

/** What the parts of a page are made with. */
export interface Page {
  readonly cwd: string
  readonly sources: Sources
  /** Fingerprints that have their anchor: groups that differ in their lines alone share one. */
  readonly anchors: Set<string>
}

/** All there is to say about what one line opened. */
export function article(one: Fold, page: Page): Markup {
  const parts = partsOf(one)
  return element('article', {},
    heading(one, page),
    quotation(one, page),
    definitions([['from', callerLines(one.groups, page.cwd)]]),
    parts.map(part => [parts.length === 1 ? [] : element('h4', {}, partTitle(part)), account(part, page), resources(part)]),
    stacks(one, page))
}

function heading(one: Fold, { cwd }: Page): Markup {
  const what = element('strong', {}, whatOf(one))
  if (one.opening === null) return element('h3', {}, what, ', opened where no stack was recorded')
  const by = one.package === null ? [] : [' by ', element('strong', {}, one.package)]
  return element('h3', {}, what, ` ${verbOf(one.groups[0]!)}`, by, ' at ', code(renderFrame(one.opening, cwd)))
}

function quotation(one: Fold, { cwd, sources }: Page): Content {
  const frame = quotedFrame(one)
  if (frame === null) return []
  const led = ledTo(one, frame)
  const calledFrom = led === null ? [] : element('p', {}, `${led} `, code(renderFrame(frame, cwd)))
  const lines = quoted(frame, sources)
  return lines.length === 0 ? calledFrom : [calledFrom, element('pre', { class: 'source' }, lines.map(line => quotedLine(line, lines)))]
}

function quotedLine({ number, text, isOpening, before }: Quoted, lines: readonly Quoted[]): Content {
  const gutter = element('span', { class: 'number' }, String(number).padStart(String(lines.at(-1)!.number).length))
  if (!isOpening) return [gutter, ` ${text}`, lineBreak]
  if (before === null) return [element('strong', {}, gutter, ` ${text}`), lineBreak]
  const behind = text.slice(before.length)
  const [marked = ''] = /^(?:[\w$]+|.)/u.exec(behind) ?? []
  return [element('strong', {}, gutter, ` ${before}`, element('mark', {}, marked), behind.slice(marked.length)), lineBreak]
}

function account(part: readonly ReportGroup[], { cwd }: Page): Content {
  const { why, via, but, fix } = accountOf(part, cwd)
  return definitions([['why', why], ['via', via], ['but', but], ['fix', fix]])
}

const columns: readonly Column<ReportedResource>[] = [
  { title: 'fd', cell: ({ fd }) => fd === null ? null : String(fd) },
  { title: 'asyncId', cell: ({ fd, asyncId }) => fd !== null || asyncId === null ? null : String(asyncId) },
  { title: 'leads to', cell: ({ target }) => target === null ? null : code(shortened(target)) },
  { title: 'name', cell: ({ name }) => name === null ? null : code(shortened(name)) },
  { title: 'scope', cell: ({ scope, isAfterScope }) => scope === null ? null : [code(shortened(scope)), isAfterScope ? ', which was closed by then' : ''] },
  { title: 'keeps the process running', cell: ({ ref }) => ref === null ? null : ref ? 'yes' : 'no' },
  { title: 'opened', cell: ({ openedAt, ageMs }) => element('time', { datetime: openedAt, title: openedAt }, `${duration(ageMs)} ago`) },
]

/** The resources of groups, oldest first. */
function resources(part: readonly ReportGroup[]): Content {
  const oldest = part.flatMap(group => group.resources).sort((a, b) => b.ageMs - a.ageMs).slice(0, resourcesShown)
  return table(columns, oldest, total(part))
}

function stacks({ groups }: Fold, page: Page): Content {
  const rest = groups.slice(stacksShown)
  const more = rest.length === 0 ? [] : element('p', { class: 'more' }, `and ${counted(rest.length, 'other init stack')} of ${total(rest)}`)
  return [groups.slice(0, stacksShown).map(group => stack(group, page)), more]
}

function stack(group: ReportGroup, { cwd, anchors }: Page): Markup {
  const { fingerprint, count, site: { frames, user, app, boundary } } = group
  const id = anchors.has(fingerprint) ? null : fingerprint
  anchors.add(fingerprint)
  const link = element('a', { href: `#${fingerprint}` }, fingerprint)
  if (frames.length === 0) return element('p', { id, class: 'more' }, 'fingerprint ', link)
  const lines = frames.map((frame, index) => {
    const kind = index === user || index === app ? 'opening' : isOfApplication(frame.file) ? null : 'foreign'
    const between = index === boundary ? element('li', { class: 'between' }, afterCall) : []
    return [between, element('li', { class: kind }, code(renderFrame(frame, cwd)))]
  })
  return element('details', { id }, element('summary', {}, `init stack of ${count}, fingerprint `, link), element('ol', {}, lines))
}

function code(text: string): Markup {
  return element('code', {}, text)
}
