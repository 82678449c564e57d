interface Listener {
  readonly type: string
  readonly hear: (resource: object) => void
}

/** Who is told of each new resource of a type, recorded or not. */
export class Listeners {
  readonly #all: Listener[] = []

  add(listener: Listener): void {
    this.#all[this.#all.length] = listener
  }

  tell(type: string, resource: object): void {
    for (let index = 0; index < this.#all.length; index++) if (this.#all[index]!.type === type) this.#all[index]!.hear(resource)
  }
}
