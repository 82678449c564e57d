import type { Tag } from '../../collect/tracked/tag.ts'
import { type Call, type Method, ObjectTaps, tapMethod } from '../taps/method.ts'
import { masked, statementText } from '../database/sql-text.ts'
import type { Watching } from '../database/watching.ts'

/** What is used of a database of node:sqlite and of better-sqlite3. */
export interface SqliteDatabase {
  prepare: Method
  exec: Method
  close: Method
}

/** Whether a transaction is open: node:sqlite (22.16, 24) and better-sqlite3 have a name of their own for it. */
interface WithState {
  readonly isTransaction?: boolean
  readonly inTransaction?: boolean
}

const ofStatements = ['run', 'get', 'all', 'iterate']

/** A database and what is open on it. All of its calls are synchronous: what changed is seen when a call returns. */
export class DatabaseFollower {
  readonly #watching: Watching
  readonly #database: SqliteDatabase & WithState
  readonly #taps = new ObjectTaps()
  readonly #tag: Tag | null
  readonly #iterators = new Set<Tag>()
  #transaction: Tag | null = null
  // Functions of better-sqlite3 that begin and end a transaction themselves, running at the moment.
  #ownTransactions = 0
  #isStopped = false

  /**
   * @param below The function that was called to follow it
   * @param onClose Called once the program has closed it
   */
  constructor(watching: Watching, database: SqliteDatabase, { below, onClose }: { readonly below: object, readonly onClose: () => void }) {
    this.#watching = watching
    this.#database = database
    this.#tag = watching.begin('sqlite.Database', below)?.open() ?? null
    this.#taps.tap(database, 'exec', call => this.#ran(call, statementText(call.args[0])))
    this.#taps.tap(database, 'prepare', ({ args, proceed }) => this.#followStatement(proceed(), statementText(args[0])))
    this.#taps.tap(database, 'transaction', ({ args: [work, ...rest], proceed }) => proceed([this.#counted(work), ...rest]))
    // Of node:sqlite since 24.9: statements by template literals, prepared behind the scenes.
    this.#taps.tap(database, 'createTagStore', ({ proceed }) => this.#followStatement(proceed(), null))
    for (const name of ['close', Symbol.dispose]) {
      this.#taps.tap(database, name, ({ proceed }) => {
        // What can't be closed, because it is busy, stays open.
        const result = proceed()
        onClose()
        return result
      })
    }
  }

  /** Nothing is followed any more. */
  stop(): void {
    this.#isStopped = true
    this.#taps.undo()
    this.#watching.attempt(() => {
      for (const tag of this.#iterators) tag.close()
      this.#iterators.clear()
      for (const tag of [this.#transaction, this.#tag]) if (tag?.isOpen === true) tag.close()
    })
  }

  #followStatement<S extends object>(statement: S, sql: string | null): S {
    this.#watching.attempt(() => {
      for (const name of ofStatements) tapMethod(statement, name, call => name === 'iterate' ? this.#iterated(call, sql) : this.#ran(call, sql))
    })
    return statement
  }

  #ran({ below, proceed }: Call, sql: string | null): unknown {
    try {
      return proceed()
    } finally {
      this.#look(below, sql)
    }
  }

  #look(below: object, sql: string | null): void {
    if (this.#isStopped) return
    this.#watching.attempt(() => {
      const isOpen = this.#isInTransaction()
      if (!isOpen) {
        const ended = this.#transaction
        this.#transaction = null
        ended?.close()
      } else if (this.#transaction === null && this.#ownTransactions === 0) {
        this.#transaction = this.#watching.begin('sqlite.Transaction', below)?.open({ parent: this.#tag, ...targetOf(sql) }) ?? null
      }
    })
  }

  // It can't be asked of a database that is not open.
  #isInTransaction(): boolean {
    try {
      return this.#database.isTransaction ?? this.#database.inTransaction ?? false
    } catch {
      return false
    }
  }

  #iterated({ below, proceed }: Call, sql: string | null): unknown {
    const iterator = proceed()
    if (this.#isStopped) return iterator
    this.#watching.attempt(() => {
      const tag = this.#watching.begin('sqlite.Iterator', below)?.open({ parent: this.#tag, ...targetOf(sql) })
      if (tag === undefined) return
      this.#iterators.add(tag)
      const ended = () => { if (this.#iterators.delete(tag)) this.#watching.attempt(() => tag.close()) }
      tapMethod(iterator, 'next', ({ below: next, proceed: step }) => this.#step(step, next, ended))
      tapMethod(iterator, 'return', ({ proceed: end }) => {
        const result = end()
        ended()
        return result
      })
    })
    return iterator
  }

  // An iterator that throws is at its end.
  #step(step: Call['proceed'], below: object, ended: () => void): unknown {
    let isOver = true
    try {
      const result = step()
      isOver = result.done === true
      return result
    } finally {
      if (isOver) ended()
      this.#look(below, null)
    }
  }

  #counted(work: unknown): unknown {
    if (typeof work !== 'function') return work
    const count = (by: number) => { this.#ownTransactions += by }
    return function (this: unknown, ...args: unknown[]): unknown {
      count(1)
      try {
        return Reflect.apply(work, this, args)
      } finally {
        count(-1)
      }
    }
  }
}

function targetOf(sql: string | null): { readonly target?: string } {
  return sql === null ? {} : { target: masked(sql, 'standard') }
}
