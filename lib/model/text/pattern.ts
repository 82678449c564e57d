/** A text in which `*` stands for any text, as an expression. */
export function expressionOf(pattern: string): RegExp {
  const parts = pattern.split('*').map(part => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's')
}
