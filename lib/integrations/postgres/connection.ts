import type { EventEmitter } from 'node:events'
import type { Tag } from '../../collect/tracked/tag.ts'
import type { Deferred } from '../../session/tracked/deferred.ts'
import { whenDone } from '../taps/completion.ts'
import { LendableConnection } from '../database/lendable.ts'
import { type Call, ObjectTaps } from '../taps/method.ts'
import { begins, statementsOf, statementText } from '../database/sql-text.ts'
import type { Watching } from '../database/watching.ts'
import { followStream, type Submittable } from './streams.ts'

/** What is used of a client of pg. */
export interface PgClient extends EventEmitter {
  query: (...args: any[]) => any
  end: (...args: any[]) => any
  connect: (...args: any[]) => any
}

/** What a statement may leave open: the server, or its success, says whether it has. */
type Leaves = 'pg.Transaction' | 'pg.Listener'

const listening = /^(un)?listen (\*|"[^"]+"|\w+)$|^discard all$/i

/** A connection to the server, and what is open on it: a transaction, listeners, cursors and streams. */
export class Connection extends LendableConnection {
  readonly #client: PgClient
  readonly #listeners = new Map<string, Tag>()
  readonly #streams = new Set<Tag>()
  readonly #taps = new ObjectTaps()
  /** Undefined once the connection is gone. */
  #status: string | undefined = 'I'
  /** What is to begin a transaction, of which the server's status alone will tell whether it has. */
  #beginning: { readonly sql: string, readonly opening: Deferred, /** How many answers come before its own. */ behind: number } | null = null
  /** Queries that the server has not answered. */
  #unanswered = 0

  constructor(watching: Watching, client: PgClient) {
    super(watching, 'standard')
    this.#client = client
    this.#followStatus()
    this.#taps.tap(client, 'query', call => this.#query(call))
    this.#taps.listen(client, 'end', () => this.gone())
  }

  stop(): void {
    this.gone()
    this.#taps.undo()
  }

  gone(): void {
    this.watching.attempt(() => {
      this.#expectNothing()
      this.#status = undefined
      this.#unanswered = 0
      for (const tag of this.#streams) tag.close()
      this.#streams.clear()
      this.#endListeners([...this.#listeners.keys()])
      this.endTransaction()
    })
  }

  // With every answer the server says whether a transaction is open. pg-native does not pass that on.
  #followStatus(): void {
    const { connection } = this.#client as { readonly connection?: EventEmitter }
    if (typeof connection?.prependListener !== 'function') return
    const onReady = (message?: { readonly status?: string }) => {
      this.#status = message?.status
      this.#unanswered = Math.max(0, this.#unanswered - 1)
      this.watching.attempt(() => {
        const isOfOthers = this.#beginning !== null && this.#beginning.behind-- > 0
        if (this.#status === 'I') this.endTransaction()
        if (isOfOthers) return
        if (this.#status === 'I') this.#expectNothing()
        else this.#begun()
      })
    }
    this.#taps.listen(connection, 'readyForQuery', onReady)
  }

  #query({ args, below, proceed }: Call): any {
    const sql = statementText(args[0])
    this.watching.attempt(() => this.used(sql))
    const behind = this.#unanswered++
    if (isSubmittable(args[0])) return this.#submit({ submittable: args[0], below, behind }, proceed)
    const leaves = sql === null ? null : leftBy(sql)
    if (sql === null || leaves === null) return proceed()
    if (leaves === 'pg.Transaction' && isAnsweredByConfig(args)) {
      this.#expect(sql, this.carried ?? this.watching.begin(leaves, below), behind)
      return proceed()
    }
    this.#expectNothing()
    const opening = this.carried ?? this.watching.begin(leaves, below)
    return whenDone(args, proceed, error => { this.watching.attempt(() => this.#settle(leaves, sql, opening, error)) })
  }

  #settle(leaves: Leaves, sql: string, opening: Deferred | null, error: unknown): void {
    if (leaves === 'pg.Listener' && error === null) return this.#listen(sql, opening)
    // It may have failed at a later statement of its text. A callback hears of that before the server's status comes.
    if (leaves === 'pg.Transaction' && error !== null && this.#status === 'I' && this.transaction === null) return this.#expect(sql, opening, 0)
    const isOpen = this.#status === 'T' || this.#status === 'E'
    if (leaves === 'pg.Listener' || !isOpen || this.transaction !== null) return opening?.abandon()
    this.transaction = opening === null ? null : this.open(opening, sql)
  }

  // A query that is a `pg.Query`, or whose configuration has the callback: who else is answered can't be seen without a change to the program's own object.
  #expect(sql: string, opening: Deferred | null, behind: number): void {
    this.#expectNothing()
    this.#beginning = opening === null ? null : { sql, opening, behind }
  }

  #expectNothing(): void {
    this.#beginning?.opening.abandon()
    this.#beginning = null
  }

  #begun(): void {
    if (this.#beginning === null || this.transaction !== null) return
    const { sql, opening } = this.#beginning
    this.#beginning = null
    this.transaction = this.open(opening, sql)
  }

  #listen(sql: string, opening: Deferred | null): void {
    let tag: Tag | undefined
    for (const [, isEnd, given] of listeningIn(sql)) {
      const channel = given === undefined ? undefined : folded(given)
      if (channel === undefined || channel === '*') this.#endListeners([...this.#listeners.keys()])
      else if (isEnd !== undefined) this.#endListeners([channel])
      else if (!this.#listeners.has(channel) && opening !== null) this.#listeners.set(channel, tag ??= opening.open({ parent: this.holder, target: channel }))
    }
  }

  // Channels that one text listened to have a tag in common.
  #endListeners(channels: readonly string[]): void {
    for (const channel of channels) {
      const tag = this.#listeners.get(channel)
      this.#listeners.delete(channel)
      if (tag?.isOpen === true && ![...this.#listeners.values()].includes(tag)) tag.close()
    }
  }

  #submit({ submittable, below, behind }: { readonly submittable: Submittable, readonly below: object, readonly behind: number }, call: () => unknown): unknown {
    const { kind, follow } = followStream(submittable)
    const sql = statementText(submittable)
    if (kind === null && sql !== null && leftBy(sql) === 'pg.Transaction') this.#expect(sql, this.carried ?? this.watching.begin('pg.Transaction', below), behind)
    const opening = kind === null ? null : this.watching.begin(kind, below)
    const result = call()
    this.watching.attempt(() => {
      if (opening === null || follow === null) return
      const tag = this.open(opening, sql)
      this.#streams.add(tag)
      follow(() => { if (this.#streams.delete(tag)) tag.close() })
    })
    return result
  }
}

/** What a statement may leave open. */
export function leftBy(sql: string): Leaves | null {
  if (begins(sql)) return 'pg.Transaction'
  return listeningIn(sql).length > 0 ? 'pg.Listener' : null
}

// As the server has it: a name in quotes is as it stands, any other one in small letters.
function folded(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1) : name.toLowerCase()
}

// Of most statements a look at the words is enough.
function listeningIn(sql: string): readonly RegExpMatchArray[] {
  if (!/\b(?:un)?listen\b|\bdiscard\s+all\b/i.test(sql)) return []
  return statementsOf(sql, 'standard').map(one => one.match(listening)).filter(found => found !== null)
}

// As pg has it: a callback among the arguments goes before that of the configuration.
function isAnsweredByConfig([config, ...rest]: readonly unknown[]): boolean {
  return typeof config === 'object' && config !== null && typeof (config as { callback?: unknown }).callback === 'function' && !rest.some(value => typeof value === 'function')
}

function isSubmittable(value: unknown): value is Submittable {
  return typeof value === 'object' && value !== null && typeof (value as { submit?: unknown }).submit === 'function'
}
