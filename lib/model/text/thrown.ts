/** What something that was thrown says of itself. Not by `instanceof`: the program may have put something else in the place of `Error`. */
export function textOf(thrown: unknown): string {
  const { message } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as { readonly message?: unknown }
  return typeof message === 'string' ? message : String(thrown)
}
