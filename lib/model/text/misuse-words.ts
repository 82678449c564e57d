import type { MisuseCode } from '../misuse.ts'

interface Words {
  /** What was done, as in `a sql.Tx was …`. */
  readonly done: string
  readonly hint: string
}

const words: Readonly<Record<MisuseCode, Words>> = {
  ERR_LEAKWATCH_CLOSED_TWICE: {
    done: 'closed although it was closed already',
    hint: 'Close it in one place: a finally block, or `using`.',
  },
  ERR_LEAKWATCH_CHILDREN_OPEN: {
    done: 'closed while children of it were open',
    hint: 'Close the children first, on every path: each in a finally block of its own, or with `using`.',
  },
  ERR_LEAKWATCH_PARENT_CLOSED: {
    done: 'given a child although it was closed',
    hint: 'Find out who still works with it: nothing may be opened under what is closed.',
  },
  ERR_LEAKWATCH_TRACKER_CLOSED: {
    done: 'given a tag although it was closed',
    hint: 'Close the tracker when the last of what it tracks is closed.',
  },
  ERR_LEAKWATCH_FOREIGN_CLOSE: {
    done: 'closed by its number although its owner still holds it',
    hint: 'Close it through its owner: await handle.close(), socket.destroy() or server.close().',
  },
  ERR_LEAKWATCH_USED_AFTER_CLOSE: {
    done: 'used after it was closed',
    hint: 'Close it when the last use is over: the number may by then belong to somebody else, whose data is read or overwritten.',
  },
}

/** The sentence that says what happened. */
export function reasonOf({ code, isCertain }: { readonly code: MisuseCode, readonly isCertain: boolean }): string {
  return isCertain ? `It was ${words[code].done}.` : `Possibly it was ${words[code].done}: one side was not seen.`
}

/** What to do about it. */
export function hintOf(code: MisuseCode): string {
  return words[code].hint
}

/** The message of the error that a strict tracker throws. */
export function messageOf(code: MisuseCode, type: string, name: string | null): string {
  return `${type}${name === null ? '' : ` '${name}'`} was ${words[code].done}. ${words[code].hint}`
}
