import { LeakError } from '../model/errors.ts'
import type { Report } from '../model/report.ts'
import { isInternal } from '../model/path.ts'
import { render } from '../session/reports/reporting.ts'

/** The error that fails a test: the report as its message, the line that opened the first leak on top of its stack, where runners look for it. */
export function leakError(found: Report): LeakError {
  const error = new LeakError(render(found, 'text', { colour: false }).trimEnd(), found)
  const { frames = [], app = -1, user = -1 } = found.leaks[0]?.site ?? {}
  const shown = frames.slice(app === -1 ? Math.max(user, 0) : app)
    .filter(({ file }) => file !== null && !isInternal(file))
    .map(({ function: name, file, line, column }) => name === null ? `    at ${file}:${line}:${column}` : `    at ${name} (${file}:${line}:${column})`)
  Object.defineProperty(error, 'stack', { value: [`${error.name}: ${error.message}`, ...shown].join('\n'), writable: true, configurable: true })
  return error
}
