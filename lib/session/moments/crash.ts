import { isProxy } from 'node:util/types'
import { ownValue } from '../../collect/intrinsics.ts'
import type { Report, ReportGroup } from '../../model/report.ts'

/** The descriptor and path of a FileHandle that Node ends the process for, since the collector closed it (25 and later). */
export interface CollectedHandle {
  readonly fd: number
  readonly path: string | null
}

/** What an error that nobody caught says of such a handle; null for every other error, of which no code is called. It has no stack of its own. */
export function collectedHandleOf(error: unknown): CollectedHandle | null {
  if (typeof error !== 'object' || error === null || isProxy(error)) return null
  const code = ownValue(error, 'code')
  const message = ownValue(error, 'message')
  if (code !== 'ERR_INVALID_STATE' || typeof message !== 'string' || !message.includes('garbage collection')) return null
  const [, fd, path] = /File descriptor: (\d+)(?: \((.*)\))?/s.exec(message) ?? []
  return fd === undefined ? null : { fd: Number(fd), path: path ?? null }
}

/** The report with nothing but that handle; null where it was not recorded. */
export function reportOn({ fd, path }: CollectedHandle, report: Report): Report | null {
  const leaks = report.leaks.flatMap((group): ReportGroup[] => {
    if (group.type !== 'FILEHANDLE' || group.verdict !== 'collected') return []
    const resources = group.resources.filter(resource => resource.fd === fd && (path === null || resource.target === null || resource.target === path))
    return resources.length === 0 ? [] : [{ ...group, count: resources.length, resources }]
  })
  return leaks.length === 0 ? null : { ...report, leaks, pending: [], pooled: [], known: [], matchers: [], misuses: [], kernel: null }
}
