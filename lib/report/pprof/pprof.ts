import { isInternal } from '../../model/path.ts'
import type { Report, ReportedResource, ReportGroup } from '../../model/report.ts'
import type { Frame } from '../../model/site.ts'
import { renderFrame } from '../frames.ts'
import { afterCall } from '../text/block.ts'
import { shortened } from '../text/resources.ts'
import { faultLine, kernelLine, limits, summary } from '../text/text.ts'
import { Profile } from './profile.ts'
import type { ProfileFrame } from './profile.ts'

/**
 * A profile for `go tool pprof`, speedscope and servers of profiles, not yet compressed: what is open by the stack that opened it. `leaks` counts
 * leaks alone, `resources` also what is pending, pooled or known.
 */
export function pprof(report: Report): Uint8Array {
  const { generatedAt, kernel, process: { argv, cwd } } = report
  const profile = new Profile({
    counted: ['resources', 'leaks'],
    program: argv[1] ?? argv[0] ?? '',
    takenAtMs: Date.parse(generatedAt),
    comments: [summary(report), ...report.faults.map(faultLine), ...limits(report), ...(kernel === null ? [] : [kernelLine(kernel)])],
  })
  for (const section of ['leaks', 'pending', 'pooled', 'known'] as const) {
    for (const group of report[section]) addGroup(profile, group, section, cwd)
  }
  return profile.finish()
}

function addGroup(profile: Profile, group: ReportGroup, section: 'leaks' | 'pending' | 'pooled' | 'known', cwd: string): void {
  const { count, fingerprint, reason, resources, type, verdict, site } = group
  const stack = profile.stackOf(framesOf(group, cwd))
  const labels = { verdict, type, package: site.package, known: section === 'known' ? reason : null, fingerprint }
  const counts = (of: number) => [of, section === 'leaks' ? of : 0]
  for (const resource of resources) profile.add({ stack, counts: counts(1), labels: { ...labels, ...labelsOf(resource) } })
  // The oldest alone are described.
  const rest = count - resources.length
  if (rest > 0) profile.add({ stack, counts: counts(rest), labels })
}

function labelsOf({ target, name, scope, ageMs }: ReportedResource) {
  const bounded = (text: string | null) => text === null ? null : shortened(text)
  return { target: bounded(target), name: bounded(name), scope: bounded(scope), age: Math.round(ageMs) }
}

// From the opening line on, and without Node's own frames: by these what one line opened would fall apart.
function framesOf({ site: { frames, user, boundary } }: ReportGroup, cwd: string): readonly ProfileFrame[] {
  const shown = (some: readonly Frame[]) => some.filter(({ file }) => file !== null && !isInternal(file)).map(frame => frameOf(frame, cwd))
  const own = shown(frames.slice(Math.max(0, user), boundary))
  const asked = boundary === undefined ? [] : shown(frames.slice(boundary))
  if (own.length === 0) return [placeless('no stack was recorded')]
  return asked.length === 0 ? own : [...own, placeless(afterCall), ...asked]
}

// Readers put together what has one name: a function without any goes by its place.
function frameOf(frame: Frame, cwd: string): ProfileFrame {
  const { file, line, column } = frame
  return { function: frame.function ?? renderFrame({ ...frame, column: null }, cwd), file: file ?? '', line: line ?? 0, column: column ?? 0 }
}

function placeless(name: string): ProfileFrame {
  return { function: name, file: '', line: 0, column: 0 }
}
