import { LeakError } from '../../model/errors.ts'
import { isInternal, isOfApplication } from '../../model/path.ts'
import type { Report, ReportGroup } from '../../model/report.ts'
import { render } from '../../session/reports/reporting.ts'

/** The error that fails a test: the report as its message, the line that opened the first leak on top of its stack, where runners look for it. */
export function leakError(found: Report): LeakError {
  // Of what is no leak a test says nothing.
  const shown = { ...found, leaks: found.leaks.map(withoutRunner), pending: [], pooled: [] }
  return told(new LeakError(render(shown, 'text', { colour: false }).trimEnd(), found))
}

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
