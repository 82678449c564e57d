import { Scopes } from '../../collect/tracked/scopes.ts'
import { InCommon } from '../in-common.ts'

const protocol = 4
const common = new InCommon<{ readonly protocol: number, readonly scopes: Scopes }>('leakwatch.scopes', protocol)

/** The scopes of this thread; begun where there are none yet. Where a copy of another version has begun, this one is on its own. */
export function threadScopes(): Scopes {
  return (common.get() ?? common.keep({ protocol, scopes: new Scopes() })).scopes
}

/** The scopes of this thread; null where there never was one. */
export function begunScopes(): Scopes | null {
  return common.get()?.scopes ?? null
}
