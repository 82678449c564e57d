/** How a type is spoken of. */
export interface Words {
  readonly noun: string
  readonly plural: string
  /** What was done at the line that is shown. */
  readonly opened: string
  /** How to close it, or to let it end. */
  readonly fix: string
}
