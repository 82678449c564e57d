import { emptySnapshot } from '../../collect/snapshot/empty.ts'
import type { OpenTags } from '../../collect/tracked/open-tags.ts'
import { detailsOf, type TagEntry } from '../../collect/tracked/tag-tree.ts'
import { parentOf, type Tag, TrackedTag } from '../../collect/tracked/tag.ts'
import { describedResource } from '../../model/resource.ts'
import type { Site } from '../../model/site.ts'
import { locate } from '../reports/locate.ts'

export interface DeferredOptions {
  readonly kind: string
  readonly name: string | null
  /** The function that the program called: the site is its caller's. */
  readonly below: object
}

export interface YieldOptions {
  readonly parent?: Tag | null
  readonly target?: string
  /** What the tag stands for; not kept alive. */
  readonly object?: object | null
}

/** A tag whose site is that of a call, opened when the call has yielded something: nothing is reported before. */
export class Deferred {
  readonly #tags: OpenTags
  readonly #entry: TagEntry

  constructor(tags: OpenTags, { kind, name, below }: DeferredOptions) {
    this.#tags = tags
    this.#entry = tags.create(kind, name, below)
  }

  open({ parent = null, target, object = null }: YieldOptions = {}): Tag {
    if (target !== undefined) detailsOf(this.#entry).target = target
    this.#tags.open(this.#entry, parent === null ? null : parentOf(this.#tags, { parent }), object)
    return new TrackedTag(this.#tags, this.#entry)
  }

  /** The call has failed: its stack is dropped unread. */
  abandon(): void {
    this.#tags.tracking.pending?.retire(this.#entry)
  }

  /** Where the call was made, as its author wrote it; null where stacks are not captured. */
  locate(): Site | null {
    const { pending, sites } = this.#tags.tracking
    const site = sites.all[pending?.intern(this.#entry) ?? -1]
    if (site === undefined) return null
    const resource = describedResource({ kind: 'tracked', type: this.#entry.type, key: '', openedAtMs: 0, site: 0 })
    return locate({ ...emptySnapshot(), sites: [site], resources: [resource] }).sites[0] ?? null
  }
}
