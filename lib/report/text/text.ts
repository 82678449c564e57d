// report: renders a Report, which it takes as it is. It judges nothing, reads nothing and asks the process nothing:
// source lines and the choice of colour are handed to it. All that comes from outside goes through escape.ts.
// Flow: Report -> fold -> block (excerpt, resources, callers, hints) -> text; Report -> json;
// Report -> fold -> html (article: excerpt, account, resources, stacks); Report -> finding (a group and its line) -> github, junit, sarif;
// Report -> pprof (samples by init stack) -> wire -> bytes.

import { total } from '../../model/grouped.ts'
import { duration } from '../../model/text/duration.ts'
import type { Fault, KernelFacts } from '../../model/snapshot.ts'
import type { Report, ReportGroup, ReportReason } from '../../model/report.ts'
import { block, headline } from './block.ts'
import type { Canvas } from './block.ts'
import { escaped } from '../escape.ts'
import type { Sources } from './excerpt.ts'
import { blocksShown, fold, lineCount, lineOf, quotedFrame, sections } from './fold.ts'
import type { Fold } from './fold.ts'
import { counted } from '../hints.ts'
import { aliveLines } from './alive.ts'
import { baselineLines } from './baseline.ts'
import { misuseLines } from './misuse.ts'
import { palette } from './palette.ts'
import { shortened } from './resources.ts'

const headlinesShown = 50
const apartShown = 10
const descriptorsShown = 10

const occasions: Readonly<Record<ReportReason, string>> = {
  exit: ' at exit',
  signal: ' at the signal',
  api: '',
  emfile: ' as descriptors ran out',
  threshold: ' as the threshold was passed',
  crash: ' at the crash',
}

// While the program runs, what is open may well be in use.
const midway: ReadonlySet<ReportReason> = new Set(['signal', 'emfile', 'threshold'])

/** What is listed apart from leaks. */
export const apartTitles = { pending: 'not over yet, no leaks', pooled: 'idle in a pool, no leaks', known: 'known leaks, borne' } as const

export interface TextOptions {
  readonly colour: boolean
  /** Lines of the files that `filesToQuote` names, as far as they could be read. */
  readonly sources: Sources
}

/** The report for people. */
export function text(report: Report, { colour, sources }: TextOptions): string {
  const style = palette({ colour })
  const canvas: Canvas = { cwd: report.process.cwd, sources, style }
  const paint = report.leaks.length > 0 || !report.complete ? style.alarm : style.advice
  const lines = [
    style.strong(paint(summary(report))),
    ...report.faults.map(fault => style.alarm(faultLine(fault))),
    '',
    ...leakSections(report, canvas),
    ...misuseLines(report.misuses, canvas),
    ...apart(apartTitles.pending, report.pending, canvas),
    ...apart(apartTitles.pooled, report.pooled, canvas),
    ...apart(apartTitles.known, report.known, canvas),
    ...(tellsAlive(report) ? aliveLines(report.alive, canvas) : []),
    ...baselineLines(report.baseline, canvas),
    ...paragraph(unusedMatchers(report)),
    ...paragraph(limits(report)),
    ...(report.kernel === null ? [] : kernelLines(report.kernel)),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

/** The first line: how much leaks, and where it was seen. Nothing found is no acquittal where something was not seen. */
export function summary({ leaks, pending, misuses, reason, process: { pid, threadId, node }, complete, dropped }: Report): string {
  // What the collector closed has leaked, whatever is to come.
  const isOpen = midway.has(reason) && leaks.every(({ verdict }) => verdict !== 'collected')
  const what = isOpen ? 'open resource' : 'leak'
  const count = counted(total(leaks), what)
  const lines = lineCount(fold(leaks))
  const least = leaks.some(hasNoLine) ? 'at least ' : ''
  const from = lines === 0 ? '' : ` from ${least}${counted(lines, 'line')}`
  const wrong = misuses.length === 0 ? '' : `, ${counted(total(misuses), 'misuse')}`
  const nothing = isOpen && pending.length > 0 ? 'nothing but what is not over yet' : 'no leaks'
  const found = `${leaks.length > 0 ? `${count}${from}` : nothing}${wrong}`
  const partial = dropped > 0 ? `${found} among what was recorded` : found
  const verdict = complete ? partial : `incomplete, ${leaks.length > 0 ? `at least ${found}` : 'no verdict'}`
  const thread = threadId === 0 ? '' : `, thread ${threadId}`
  return `leakwatch: ${verdict}${occasions[reason]} (pid ${pid}${thread}, node ${escaped(node)})`
}

export function faultLine({ where, message }: Fault): string {
  return `incomplete: a fault in ${escaped(where)}: ${shortened(message)}`
}

/** `leaks`, or `opened` while the program runs on. */
export function leakWord({ reason }: Report): string {
  return midway.has(reason) ? 'opened' : 'leaks'
}

/** Whether what keeps the event loop alive is told: where the program was asked while it runs. */
export function tellsAlive({ reason }: Report): boolean {
  return reason === 'signal' || reason === 'threshold'
}

function leakSections(report: Report, canvas: Canvas): readonly string[] {
  const [own, foreign] = sections(report.leaks)
  const title = foreign.length === 0 ? [] : [canvas.style.strong(`${leakWord(report)} inside packages`), '']
  return [...blocks(own, canvas), ...title, ...blocks(foreign, canvas)]
}

function blocks(folds: readonly Fold[], canvas: Canvas): readonly string[] {
  const full = folds.slice(0, blocksShown).flatMap((one, index) => block(one, isQuotedBy(folds[index - 1], one) ? { ...canvas, sources: new Map() } : canvas))
  const short = folds.slice(blocksShown, blocksShown + headlinesShown).map(one => headline(one, canvas))
  const rest = folds.slice(blocksShown + headlinesShown)
  if (rest.length > 0) {
    short.push(restLine(rest))
  }
  return short.length === 0 ? full : [...full, ...short, '']
}

/** What is told of folds that are too many. */
export function restLine(rest: readonly Fold[]): string {
  return `and ${total(rest)} more, opened at ${counted(rest.length, 'other line')}: LEAKWATCH_FORMAT=json lists them all`
}

/** Whether the fold before has quoted the line of one: a server and the sockets that it accepted share theirs, which is quoted once. */
export function isQuotedBy(previous: Fold | undefined, one: Fold): boolean {
  return previous !== undefined && lineOf(quotedFrame(previous)) === lineOf(quotedFrame(one))
}

function apart(title: string, groups: readonly ReportGroup[], canvas: Canvas): readonly string[] {
  if (groups.length === 0) return []
  const folds = fold(groups)
  const lines = folds.slice(0, apartShown).map(one => {
    const { reason, resources: [oldest] } = one.groups[0]!
    const target = oldest?.target ? ` (${shortened(oldest.target)})` : ''
    const age = oldest === undefined ? '' : `, ${one.count === 1 ? '' : 'the first '}${duration(oldest.ageMs)} ago`
    return `  ${headline(one, canvas)}${age}${target}. ${escaped(reason)}`
  })
  const rest = folds.length - lines.length
  return [canvas.style.strong(title), ...lines, ...(rest === 0 ? [] : [`  and ${counted(rest, 'more line')}`]), '']
}

/** What keeps the report from telling more, and what would mend that. */
export function limits({ leaks, dropped, sampled }: Report): readonly string[] {
  const sentences: string[] = []
  if (sampled.skipped === 0 && leaks.some(hasNoLine)) sentences.push('LEAKWATCH=full with a LEAKWATCH_DEPTH above 0 names the lines.')
  if (dropped > 0) sentences.push(`${counted(dropped, 'resource')} not recorded: a capacity was reached, or the program was out of stack.`)
  if (sampled.skipped > 0) {
    const all = sampled.captured + sampled.skipped
    sentences.push(`${sampled.skipped} of ${counted(all, 'stack')} were skipped: a higher LEAKWATCH_BUDGET captures more, LEAKWATCH=full all of them.`)
  }
  return sentences
}

export function unusedMatchers({ matchers }: Report): readonly string[] {
  const unused = matchers.filter(({ used }) => used === 0)
  return unused.map(({ list, matcher }) => `A matcher of '${list}' matched nothing: ${shortened(JSON.stringify(matcher))}`)
}

function paragraph(sentences: readonly string[]): readonly string[] {
  return sentences.length === 0 ? [] : [...sentences, '']
}

function hasNoLine({ site }: ReportGroup): boolean {
  return site.frames.length === 0
}

/** How many descriptors the kernel knows, and whose they are. */
export function kernelLine({ open, limit, runtime, accounted, unexplained }: KernelFacts): string {
  const bound = limit === null ? '' : ` (limit ${limit})`
  const parts = `${runtime} of the runtime or inherited, ${accounted} accounted for, ${unexplained.length} unexplained`
  return `kernel: ${counted(open, 'descriptor')} open${bound}: ${parts}`
}

function kernelLines(kernel: KernelFacts): readonly string[] {
  const { unexplained } = kernel
  const shown = unexplained.slice(0, descriptorsShown).map(({ fd, target }) => {
    return `  fd ${fd}  ${target === null ? 'unknown' : shortened(target)}`
  })
  const rest = unexplained.length - shown.length
  const more = rest === 0 ? [] : [`  and ${rest} more`]
  return [kernelLine(kernel), ...shown, ...more]
}
