import { relativePath } from '../model/path.ts'
import type { KnownMatcher, Matcher, Policy } from '../model/matcher.ts'
import { withoutVersion } from '../model/text/package-path.ts'
import { expressionOf } from '../model/text/pattern.ts'
import type { ReportedMatcher } from '../model/report.ts'
import type { Resource } from '../model/resource.ts'
import { emptySite, type Site } from '../model/site.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { originOf } from './blame.ts'

interface Counted<M> {
  readonly list: ReportedMatcher['list']
  readonly matcher: M
  readonly holds: (resource: Resource, site: Site) => boolean
  used: number
}

/** The matchers of a policy, applied to the resources of one snapshot; their use is counted. */
export class Matching {
  readonly #snapshot: Snapshot
  readonly #ignored: readonly Counted<Matcher>[]
  readonly #known: readonly Counted<KnownMatcher>[]

  constructor({ ignored, known }: Policy, snapshot: Snapshot) {
    this.#snapshot = snapshot
    this.#ignored = ignored.map(matcher => counted('ignored', matcher, snapshot))
    this.#known = known.map(matcher => counted('known', matcher, snapshot))
  }

  isIgnored(resource: Resource): boolean {
    return this.#first(this.#ignored, resource) !== null
  }

  /** Why a leak is borne; null where no matcher knows it. */
  knownFor(resource: Resource): string | null {
    return this.#first(this.#known, resource)?.reason ?? null
  }

  /** Each matcher with how many resources it matched. */
  get uses(): readonly ReportedMatcher[] {
    return [...this.#ignored, ...this.#known].map(({ list, matcher, used }) => ({ list, matcher, used }))
  }

  #first<M>(matchers: readonly Counted<M>[], resource: Resource): M | null {
    if (matchers.length === 0) return null
    const site = this.#snapshot.sites[originOf(resource, this.#snapshot)] ?? emptySite
    const found = matchers.find(({ holds }) => holds(resource, site))
    if (found === undefined) return null
    found.used++
    return found.matcher
  }
}

function counted<M extends Matcher>(list: ReportedMatcher['list'], matcher: M, { process: { cwd } }: Snapshot): Counted<M> {
  const tests: ((resource: Resource, site: Site) => boolean)[] = []
  const add = (pattern: string | undefined, textsOf: (resource: Resource, site: Site) => readonly (string | null)[]) => {
    if (pattern === undefined) return
    const expression = expressionOf(pattern)
    tests.push((resource, site) => textsOf(resource, site).some(text => text !== null && expression.test(text)))
  }
  add(matcher.type, ({ type }) => [type])
  add(matcher.path, ({ target }) => [target])
  add(matcher.package, (_, site) => [site.package, site.package === null ? null : withoutVersion(site.package)])
  add(matcher.function, (_, { frames }) => frames.map(frame => frame.function))
  add(matcher.frame, (_, { frames }) => frames.flatMap(({ file, line }) => {
    const path = file === null ? null : relativePath(cwd, file)
    return [path, `${path}:${line}`, file]
  }))
  return { list, matcher, holds: (resource, site) => tests.every(test => test(resource, site)), used: 0 }
}
