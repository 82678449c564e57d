/** A text in which `*` stands for any text, as an expression. */
export function expressionOf(pattern: string): RegExp {
  const parts = pattern.split('*').map(part => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's')
}

/** Whether a text is one that any of the patterns stands for. */
export function isAnyOf(text: string, patterns: readonly string[]): boolean {
  return patterns.some(pattern => expressionOf(pattern).test(text))
}
