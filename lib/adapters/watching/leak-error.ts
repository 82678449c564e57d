import { LeakError } from '../../model/errors.ts'
import { isInternal, isOfApplication } from '../../model/path.ts'
import type { Report, ReportGroup } from '../../model/report.ts'
import { withoutVersion } from '../../model/text/package-path.ts'
import { isServerType } from '../../model/type-table.ts'
import { escaped } from '../../report/escape.ts'
import { renderText } from '../../session/reports/reporting.ts'

/**
 * The error that fails a test, or the file of tests: the report as its message, the line that opened the first leak on top of its stack, where runners
 * look for it.
 */
export function leakError(found: Report, judged: 'test' | 'file'): LeakError {
  // Of what is no leak a test says nothing.
  const shown = { ...found, leaks: found.leaks.map(withoutRunner), pending: [], pooled: [] }
  const kept = judged === 'test' ? keptOnPurpose(found) : ''
  return told(new LeakError(`${renderText(shown).trimEnd()}${kept}`, found))
}

// A pool or client that was made for all tests connects when the first of them asks it to, which looks like that test's leak.
function keptOnPurpose({ leaks }: Report): string {
  const connected = leaks.find(({ chain, site, type }) => site.package !== null && connections.has(type) && !isServerType(chain[0]?.type ?? ''))
  if (connected === undefined) return ''
  return `\n\nIf ${escaped(withoutVersion(connected.site.package!))} keeps it for later tests on purpose: have it connect before the first one, allow() it, or judge by file ("tests": { "per": "file" }).`
}

const connections: ReadonlySet<string> = new Set(['TCPWRAP', 'TLSWRAP', 'PIPEWRAP'])

/** As Jest takes it: whatever stands in a message as a frame does in a stack is the end of the message for it. */
export function withoutFrames({ message, report }: LeakError): LeakError {
  return told(new LeakError(message.replace(/^( +)at /gm, '$1by '), report))
}

function told(error: LeakError): LeakError {
  const { frames = [], app = -1, user = -1 } = error.report.leaks[0]?.site ?? {}
  const lines = frames.slice(app === -1 ? Math.max(user, 0) : app)
    .filter(({ file }) => file !== null && !isInternal(file))
    .map(({ function: name, file, line, column }) => name === null ? `    at ${file}:${line}:${column}` : `    at ${name} (${file}:${line}:${column})`)
  return Object.defineProperty(error, 'stack', { value: [`${error.name}: ${error.message}`, ...lines].join('\n'), writable: true, configurable: true })
}

// Whoever called the test is the runner, which is of no interest.
function withoutRunner(group: ReportGroup): ReportGroup {
  const { frames, app } = group.site
  if (app === -1) return group
  return { ...group, site: { ...group.site, frames: frames.slice(0, frames.findLastIndex(({ file }) => isOfApplication(file)) + 1) } }
}
