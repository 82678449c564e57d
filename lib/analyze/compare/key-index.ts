import type { Resource } from '../../model/resource.ts'

/**
 * Finds resources by key. A Map of 100,000 keys alone takes longer than a diff may: here a key that was hashed is two
 * integers in flat arrays, and most keys are never hashed, since snapshots list what they share in the same order.
 */
export class KeyIndex {
  readonly #resources: readonly Resource[]
  #slots: Int32Array | null = null
  readonly #hashes: Int32Array
  #next = 0

  constructor(resources: readonly Resource[]) {
    this.#resources = resources
    this.#hashes = new Int32Array(resources.length)
  }

  /** Position of the resource with that key, -1 where there is none. */
  positionOf(key: string): number {
    if (this.#resources[this.#next]?.key === key) return this.#next++
    const position = this.#lookUp(key)
    if (position !== -1) this.#next = position + 1
    return position
  }

  #lookUp(key: string): number {
    const slots = this.#slots ??= this.#fill()
    const hash = hashOf(key)
    for (let slot = hash & (slots.length - 1); slots[slot] !== 0; slot = (slot + 1) & (slots.length - 1)) {
      const position = slots[slot]! - 1
      if (this.#hashes[position] === hash && this.#resources[position]!.key === key) return position
    }
    return -1
  }

  // Open addressing, at most half full; a slot holds a position plus one, 0 where it is free.
  #fill(): Int32Array {
    const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * this.#resources.length + 1)))
    for (let position = 0; position < this.#resources.length; position++) {
      const hash = hashOf(this.#resources[position]!.key)
      this.#hashes[position] = hash
      let slot = hash & (slots.length - 1)
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1)
      slots[slot] = position + 1
    }
    return slots
  }
}

// FNV-1a
function hashOf(key: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193)
  return hash ^ (hash >>> 15)
}
