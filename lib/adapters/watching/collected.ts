import { plainPolicy } from '../../model/matcher.ts'
import { collectedHandleOf, reportOn } from '../../session/moments/crash.ts'
import type { Recording } from '../../session/recording.ts'
import { renderText, report } from '../../session/reports/reporting.ts'
import { say } from '../../session/say.ts'

/** Tells where a FileHandle was opened that the collector closed, if that is what an error says: it has no stack. */
export function tellCollected(error: unknown, recording: Recording): void {
  const handle = collectedHandleOf(error)
  if (handle === null) return
  try {
    const found = reportOn(handle, report(recording.snapshot(), { reason: 'crash', policy: plainPolicy }))
    if (found !== null) say(renderText(found))
  } catch {
    // The error stands for itself.
  }
}
