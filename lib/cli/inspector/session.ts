import { textOf } from '../../model/text/thrown.ts'

/** The part of the Chrome DevTools protocol that is spoken here. */
interface Answer {
  readonly id?: number
  /** Of an event. */
  readonly method?: string
  readonly error?: { readonly message: string }
  readonly result?: {
    readonly result?: { readonly value?: unknown, readonly objectId?: string }
    readonly exceptionDetails?: { readonly text: string, readonly exception?: { readonly description?: string } }
  }
}

/** An object in the process that is inspected. */
export interface RemoteObject {
  readonly objectId: string
}

const patienceMs = 30_000

/** A session with the inspector of another process. */
export class InspectorSession implements Disposable {
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, { resolve(answer: Answer): void, reject(error: Error): void }>()
  readonly #closed = new AbortController()
  #count = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => this.#hear(JSON.parse(String(data)) as Answer))
    socket.addEventListener('close', () => this.#end('it has ended, or has closed its inspector'))
  }

  /** Aborted once the process has closed the session, or has ended. */
  get closed(): AbortSignal {
    return this.#closed.signal
  }

  /** @throws Error where nobody answers */
  static open(url: string): Promise<InspectorSession> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url)
      socket.addEventListener('open', () => {
        const session = new InspectorSession(socket)
        // A process that ends waits for those who are connected.
        session.#ask('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled: true }).then(() => resolve(session), error => {
          session[Symbol.dispose]()
          reject(error)
        })
      })
      socket.addEventListener('error', event => reject(new Error(`its inspector at ${url} does not answer (${textOf((event as { readonly error?: unknown }).error)})`)))
    })
  }

  /** Calls a function in the process, that may use nothing but the plain data that it is handed, and resolves with the object that it returns. */
  async evaluate<T>(fn: (arg: T) => object, arg: T): Promise<RemoteObject> {
    const { objectId } = await this.#ask('Runtime.evaluate', { expression: `(${fn.toString()})(${JSON.stringify(arg)})` })
    return { objectId: objectId! }
  }

  /** Calls a function with such an object as `this`, and resolves with the plain data that it returns. */
  async call<T>({ objectId }: RemoteObject, fn: (this: never) => T): Promise<T> {
    return (await this.#ask('Runtime.callFunctionOn', { objectId, functionDeclaration: fn.toString(), returnByValue: true })).value as T
  }

  [Symbol.dispose](): void {
    this.#socket.close()
  }

  async #ask(method: string, params: object): Promise<{ readonly value?: unknown, readonly objectId?: string }> {
    this.closed.throwIfAborted()
    const id = ++this.#count
    const { error, result } = await new Promise<Answer>((resolve, reject) => {
      const timer = setTimeout(() => this.#end(`it has not answered for ${patienceMs / 1000} s`), patienceMs)
      const settled = <V>(settle: (value: V) => void) => (value: V) => { clearTimeout(timer); settle(value) }
      this.#waiting.set(id, { resolve: settled(resolve), reject: settled(reject) })
      this.#socket.send(JSON.stringify({ id, method, params }))
    })
    // Of a process that is about to end nothing but the answer is left.
    if (error !== undefined) throw new Error(error.message === 'Cannot find context with specified id' ? 'it has ended' : error.message)
    const thrown = result?.exceptionDetails
    if (thrown !== undefined) throw new Error(thrown.exception?.description?.split('\n    at ')[0] ?? thrown.text)
    return result?.result ?? {}
  }

  #hear(answer: Answer): void {
    if (answer.method === 'NodeRuntime.waitingForDisconnect') this.#end('it has ended')
    if (answer.id === undefined) return
    this.#waiting.get(answer.id)?.resolve(answer)
    this.#waiting.delete(answer.id)
  }

  #end(why: string): void {
    const error = new Error(why)
    this.#closed.abort(error)
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
    this.#socket.close()
  }
}
