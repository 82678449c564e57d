const varint = 0
const lengthDelimited = 2

/** A message of Protocol Buffers, written field by field: as much as a profile needs, in which no number is negative. */
export class Message {
  readonly #bytes: number[] = []

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }

  number(field: number, value: number): this {
    this.#tag(field, varint)
    this.#varint(value)
    return this
  }

  /** A number that may be beyond those which JavaScript knows exactly. */
  big(field: number, value: bigint): this {
    this.#tag(field, varint)
    let rest = value
    for (; rest > 0x7fn; rest >>= 7n) this.#bytes.push(Number(rest & 0x7fn) + 0x80)
    this.#bytes.push(Number(rest))
    return this
  }

  numbers(field: number, values: readonly number[]): this {
    const packed = new Message()
    for (const value of values) packed.#varint(value)
    return this.message(field, packed)
  }

  text(field: number, text: string): this {
    return this.#delimited(field, new TextEncoder().encode(text))
  }

  message(field: number, message: Message): this {
    return this.#delimited(field, message.#bytes)
  }

  #delimited(field: number, bytes: Uint8Array | readonly number[]): this {
    this.#tag(field, lengthDelimited)
    this.#varint(bytes.length)
    for (const byte of bytes) this.#bytes.push(byte)
    return this
  }

  #tag(field: number, type: number): void {
    this.#varint(field * 8 + type)
  }

  // Seven bits a byte, the lowest first; the eighth says that more follow. Without BigInt, which takes ten times as long.
  #varint(value: number): void {
    let rest = value
    for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) this.#bytes.push(rest % 0x80 + 0x80)
    this.#bytes.push(rest)
  }
}
