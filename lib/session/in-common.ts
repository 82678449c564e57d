import { Reflect } from '../collect/intrinsics.ts'

/**
 * What all copies of the package have in common in a thread: it stands on `process`, or, where the program has locked that, in this
 * copy alone.
 */
export class InCommon<T extends { readonly protocol: number }> {
  readonly #key: symbol
  readonly #protocol: number
  #alone: T | null = null

  /**
   * @param name Of the symbol that it stands under
   * @param protocol Raised whenever the shape of what is shared changes: a copy never uses what it does not understand
   */
  constructor(name: `leakwatch.${string}`, protocol: number) {
    this.#key = Symbol.for(name)
    this.#protocol = protocol
  }

  /** Null where there is none that this copy understands. */
  get(): T | null {
    const found = this.#found()
    return this.#alone ?? (found?.protocol === this.#protocol ? found : null)
  }

  /** Of a copy of another version; null where there is none. */
  ofAnother(): T | null {
    const found = this.#found()
    return found === undefined || found.protocol === this.#protocol ? null : found
  }

  keep(value: T): T {
    const descriptor = { __proto__: null, value, configurable: true } as PropertyDescriptor
    if (this.#found() !== undefined || !Reflect.defineProperty(process, this.#key, descriptor)) this.#alone = value
    return value
  }

  drop(): void {
    this.#alone = null
    Reflect.deleteProperty(process, this.#key)
  }

  #found(): T | undefined {
    return (process as unknown as { [key: symbol]: T | undefined })[this.#key]
  }
}
