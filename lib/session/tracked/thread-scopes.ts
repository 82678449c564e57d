import { Object } from '../../collect/intrinsics.ts'
import { Scopes } from '../../collect/tracked/scopes.ts'

// Raised whenever the shared shape changes: a copy of the package never uses scopes that it does not understand.
const protocol = 4
const brand = Symbol.for('leakwatch.scopes')

interface Shared {
  readonly protocol: number
  readonly scopes: Scopes
}

type Holder = { [brand]?: Shared }

let unshared: Scopes | null = null

/** The scopes of this thread; begun where there are none yet. Where a copy of another version has begun, this one is on its own. */
export function threadScopes(): Scopes {
  const found = begunScopes()
  if (found !== null) return found
  const scopes = new Scopes()
  if (brand in process) unshared = scopes
  else Object.defineProperty(process, brand, { __proto__: null, value: { protocol, scopes }, configurable: true } as PropertyDescriptor)
  return scopes
}

/** The scopes of this thread; null where there never was one. */
export function begunScopes(): Scopes | null {
  const found = (process as Holder)[brand]
  return found?.protocol === protocol ? found.scopes : unshared
}
