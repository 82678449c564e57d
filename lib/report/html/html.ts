import { total } from '../../model/grouped.ts'
import type { ReportedMisuse } from '../../model/misuse.ts'
import type { Report, ReportedEntry } from '../../model/report.ts'
import type { KernelFacts } from '../../model/snapshot.ts'
import { duration } from '../../model/text/duration.ts'
import { aliveLine } from '../text/alive.ts'
import type { Sources } from '../text/excerpt.ts'
import { fold, sections } from '../text/fold.ts'
import type { Fold } from '../text/fold.ts'
import { misuseHeadline, misuseRows } from '../text/misuse.ts'
import { shortened } from '../text/resources.ts'
import { apartTitles, faultLine, isQuotedBy, kernelLine, leakWord, limits, restLine, summary, tellsAlive, unusedMatchers } from '../text/text.ts'
import { article } from './article.ts'
import type { Page } from './article.ts'
import { element, htmlOf } from './markup.ts'
import type { Content, Markup } from './markup.ts'
import { style } from './style.ts'
import { definitions, table } from './table.ts'
import type { Column } from './table.ts'

/** Folds of a section that are told. */
export const articlesShown = 100

const rowsShown = 200

// What a page shows comes from outside, source code among it: nothing may run or be asked for, whatever was overlooked.
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

interface Section {
  readonly id: string
  readonly title: string
  /** A section of nothing is left out. */
  readonly count: number
  readonly content: Content
}

/** The report as a page that needs nothing beside it, for those who open it from a CI or a server. */
export function html(report: Report, { sources }: { readonly sources: Sources }): string {
  const title = summary(report)
  const told = sectionsOf(report, { cwd: report.process.cwd, sources, anchors: new Set() }).filter(({ count }) => count > 0)
  const head = element('head', {},
    element('meta', { charset: 'utf-8' }),
    element('meta', { 'http-equiv': 'Content-Security-Policy', content: policy }),
    element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    element('meta', { name: 'color-scheme', content: 'light dark' }),
    element('meta', { name: 'referrer', content: 'no-referrer' }),
    element('title', {}, title),
    style)
  const mood = report.leaks.length > 0 || !report.complete ? 'alarm' : 'calm'
  const body = element('body', {},
    element('header', { class: mood }, element('h1', {}, title), list(noticesOf(report)), contents(told)),
    element('main', {}, told.map(({ id, title: name, content }) => section(id, name, content)), section('process', 'process', processFacts(report))))
  return `<!DOCTYPE html>\n${htmlOf(element('html', { lang: 'en' }, head, body))}\n`
}

function sectionsOf(report: Report, page: Page): readonly Section[] {
  const { leaks, misuses, alive, baseline, kernel } = report
  const [own, foreign] = sections(leaks)
  const entries = baseline?.entries ?? []
  return [
    { id: 'own', title: `${leakWord(report)} in the program itself`, count: total(own), content: articles(own, page) },
    { id: 'packages', title: `${leakWord(report)} inside packages`, count: total(foreign), content: articles(foreign, page) },
    { id: 'misuses', title: 'misuses', count: total(misuses), content: bounded(misuses, misuse => misuseArticle(misuse, page)) },
    ...(['pending', 'pooled', 'known'] as const).map(id => ({ id, title: apartTitles[id], count: total(report[id]), content: articles(fold(report[id]), page) })),
    { id: 'alive', title: 'what keeps the process running', count: tellsAlive(report) ? total(alive) : 0, content: element('article', {}, bounded(alive, one => element('p', {}, aliveLine(one, page.cwd)))) },
    { id: 'baseline', title: baseline?.isReport === true ? 'compared with' : 'baseline', count: entries.length, content: [
      element('p', {}, shortened(baseline?.file ?? ''), baseline?.isUpdated === true ? ', which was brought up to date since' : ''),
      table(entryColumns, entries.slice(0, rowsShown), entries.length),
    ] },
    { id: 'descriptors', title: 'open descriptors', count: kernel?.open ?? 0, content: kernel === null ? [] : kernelFacts(kernel) },
  ]
}

function section(id: string, title: string, content: Content): Markup {
  return element('section', { id }, element('h2', {}, title), content)
}

function noticesOf(report: Report): readonly string[] {
  return [...report.faults.map(faultLine), ...limits(report), ...unusedMatchers(report)]
}

function contents(told: readonly Section[]): Content {
  return element('nav', {}, told.map(({ id, title, count }) => element('a', { href: `#${id}` }, title, element('b', {}, String(count)))))
}

function list(lines: readonly Content[]): Content {
  return lines.length === 0 ? [] : element('ul', {}, lines.map(line => element('li', {}, line)))
}

function bounded<Item>(items: readonly Item[], contentOf: (item: Item) => Content): Content {
  const rest = items.length - rowsShown
  return [items.slice(0, rowsShown).map(contentOf), rest > 0 ? element('p', { class: 'more' }, `and ${rest} more`) : []]
}

function articles(folds: readonly Fold[], page: Page): Content {
  const rest = folds.slice(articlesShown)
  const shown = folds.slice(0, articlesShown).map((one, index) => article(one, isQuotedBy(folds[index - 1], one) ? { ...page, sources: new Map() } : page))
  return rest.length === 0 ? shown : [shown, element('p', { class: 'more' }, restLine(rest))]
}

function misuseArticle(misuse: ReportedMisuse, { cwd }: Page): Markup {
  return element('article', {}, element('h3', {}, misuseHeadline(misuse)), definitions(misuseRows(misuse, cwd).map(([label, line]) => [label, [line]])))
}

const entryColumns: readonly Column<ReportedEntry>[] = [
  { title: 'state', cell: ({ state }) => state },
  { title: 'type', cell: ({ type }) => type },
  { title: 'opened at', cell: ({ site }) => element('code', {}, shortened(site)) },
  { title: 'found', cell: ({ count }) => String(count) },
  { title: 'borne', cell: ({ borne }) => String(borne) },
  { title: 'on file since', cell: ({ firstSeen }) => firstSeen },
  { title: 'until', cell: ({ until }) => until },
  { title: 'reason', cell: ({ reason }) => reason },
  { title: 'fingerprint', cell: ({ fingerprint }) => element('code', {}, fingerprint) },
]

const descriptorColumns: readonly Column<KernelFacts['unexplained'][number]>[] = [
  { title: 'unexplained fd', cell: ({ fd }) => String(fd) },
  { title: 'leads to', cell: ({ target }) => element('code', {}, target === null ? 'unknown' : shortened(target)) },
]

function kernelFacts(kernel: KernelFacts): Content {
  const { unexplained } = kernel
  return [element('p', {}, kernelLine(kernel)), table(descriptorColumns, unexplained.slice(0, rowsShown), unexplained.length)]
}

function processFacts({ schema, generatedAt, process: { pid, ppid, threadId, node, platform, argv, cwd, uptimeMs } }: Report): Content {
  return definitions([
    ['report', [element('time', { datetime: generatedAt }, generatedAt), schema]],
    ['pid', [`${pid}, started by ${ppid}`]],
    ['thread', threadId === 0 ? [] : [String(threadId)]],
    ['node', [`${node} on ${platform}`]],
    ['ran for', [duration(uptimeMs)]],
    ['in', [element('code', {}, shortened(cwd))]],
    ['command', [element('code', {}, shortened(argv.join(' ')))]],
  ])
}
