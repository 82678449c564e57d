/** What a variant gives to the workloads of tags and scopes: leakwatch's own, or something to hold them against. */
export interface Instrument {
  readonly track: (kind: string) => { readonly isOpen: boolean, readonly close: () => void }
  readonly scope: <T>(name: string, fn: () => T) => T
}

/** Set by the preload of a variant; null where the workload does without. */
export const given: { instrument: Instrument | null } = { instrument: null }
