import { LeakwatchError, typeGiven } from '../../model/errors.ts'
import { requireOptions } from '../../model/settings/values.ts'
import type { RawStack } from '../stacks/stack.ts'
import type { OpenTags } from './open-tags.ts'
import { detailsOf, type TagEntry } from './tag-tree.ts'

/** Options of `child`; all optional. */
export interface ChildOptions {
  /** Tells this one from others of its kind, in reports. */
  readonly name?: string
  /**
   * What the tag stands for. It is not kept alive; when the garbage collector takes it while the tag is open, the leak is
   * `collected`. The name and the target must not lead to it, or it never is.
   */
  readonly object?: object
  /** What it leads to: a path, an address, the last query. */
  readonly target?: string
}

/** Options of `track`; all optional. */
export interface TagOptions extends ChildOptions {
  /** The tag, of the same tracker, that has to be closed after this one. */
  readonly parent?: Tag
}

/** Something that was opened and has to be closed. Also closes at the end of the block that declared it with `using`. */
export interface Tag extends Disposable, AsyncDisposable {
  /** As it was given to `track`. */
  readonly kind: string
  readonly name: string | null
  /** False once it was closed, and on a tracker that was closed before. */
  readonly isOpen: boolean
  /** What it leads to; may be changed while it is open. */
  target: string | null
  /**
   * Opens a tag that has to be closed before this one. The site is the caller's.
   * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT`, `ERR_LEAKWATCH_OPTION_UNKNOWN`, `ERR_LEAKWATCH_OPTION_INVALID`
   */
  child(kind: string, options?: ChildOptions): Tag
  /** It is closed: nothing is reported of it, unless children of it are open or it was closed before. */
  close(): void
}

const childOptions: readonly (keyof ChildOptions)[] = ['name', 'object', 'target']
export const tagOptions: readonly (keyof TagOptions)[] = [...childOptions, 'parent']

/** What is taken where no options are given. */
export const none: TagOptions = Object.freeze({})

// Of whichever copy of the package: several may be loaded, and share their trackers.
const entryKey = Symbol.for('leakwatch.entry')

/** The tag that a program holds. */
export class TrackedTag implements Tag {
  readonly #tags: OpenTags
  readonly #entry: TagEntry

  constructor(tags: OpenTags, entry: TagEntry) {
    this.#tags = tags
    this.#entry = entry
  }

  /** The entry, for the tracker that it is of. */
  [entryKey](tags: OpenTags): TagEntry | null {
    return tags === this.#tags ? this.#entry : null
  }

  get kind(): string {
    return this.#entry.type
  }

  get name(): string | null {
    return this.#entry.name
  }

  get isOpen(): boolean {
    return this.#entry.state === 'open'
  }

  get target(): string | null {
    return this.#entry.details?.target ?? null
  }

  set target(target: string | null) {
    if (target !== null) requireText('target', target)
    detailsOf(this.#entry).target = target
  }

  child(kind: string, options: ChildOptions = none): Tag {
    requireTag(kind, options, childOptions)
    const raw = this.#tags.prepare()
    if (raw !== null) this.#tags.captureStackTrace(raw, this.child)
    return openTag(this.#tags, kind, options, this.#entry, raw)
  }

  close(): void {
    this.#tags.close(this.#entry, this.close)
  }

  // Twice is no misuse here: what was closed by hand may still leave its block.
  [Symbol.dispose](): void {
    if (this.isOpen) this.#tags.close(this.#entry, this[Symbol.dispose])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isOpen) this.#tags.close(this.#entry, this[Symbol.asyncDispose])
  }
}

/** Opens a tag, with the stack of the caller of the public function. */
export function openTag(tags: OpenTags, kind: string, options: TagOptions, parent: TagEntry | null, raw: RawStack | null): Tag {
  const entry = tags.createAt(kind, options.name ?? null, raw)
  if (options.target !== undefined) detailsOf(entry).target = options.target
  tags.open(entry, parent, options.object ?? null)
  return new TrackedTag(tags, entry)
}

/**
 * The entry of the tag that was given as a parent, null for none.
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT` when it is no tag of this tracker
 */
export function parentOf(tags: OpenTags, { parent }: TagOptions): TagEntry | null {
  if (parent === undefined) return null
  const entry = (parent as Partial<TrackedTag> | null)?.[entryKey]?.(tags) ?? null
  if (entry === null) throw new LeakwatchError('ERR_LEAKWATCH_ARGUMENT', "Option 'parent' wants a tag of the same tracker. Give what its track() or child() returned.")
  return entry
}

/**
 * That a kind and options are what `track` takes.
 * @throws LeakwatchError `ERR_LEAKWATCH_ARGUMENT`, `ERR_LEAKWATCH_OPTION_UNKNOWN`, `ERR_LEAKWATCH_OPTION_INVALID`
 */
export function requireTag(kind: unknown, options: unknown, valid: readonly string[]): void {
  if (typeof kind !== 'string' || kind === '') {
    throw new LeakwatchError('ERR_LEAKWATCH_ARGUMENT', `A tag wants a kind, such as 'sql.Tx', but was given ${typeGiven(kind)}. Name what is opened.`)
  }
  if (options === none) return
  requireOptions(options, valid)
  const { name, target, object } = options as Readonly<Record<string, unknown>>
  requireText('name', name)
  requireText('target', target)
  if (object !== undefined && (typeof object !== 'object' || object === null) && typeof object !== 'function') {
    throw new LeakwatchError('ERR_LEAKWATCH_OPTION_INVALID', `Option 'object' wants an object, but was given ${object === null ? 'null' : typeof object}. Leave it out where there is none.`)
  }
}

function requireText(name: string, given: unknown): void {
  if (given === undefined || typeof given === 'string') return
  throw new LeakwatchError('ERR_LEAKWATCH_OPTION_INVALID', `Option '${name}' wants a string, but was given ${given === null ? 'null' : typeof given}. Leave it out for none.`)
}
