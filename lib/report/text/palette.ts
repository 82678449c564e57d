/** How the parts of a text stand out; every style leaves the text as it is where there is no colour. */
export interface Palette {
  readonly strong: (text: string) => string
  readonly faint: (text: string) => string
  readonly alarm: (text: string) => string
  readonly caution: (text: string) => string
  readonly place: (text: string) => string
  readonly advice: (text: string) => string
}

export function palette({ colour }: { readonly colour: boolean }): Palette {
  const style = (on: number, off: number) => (text: string) => (colour ? `\x1b[${on}m${text}\x1b[${off}m` : text)
  return {
    strong: style(1, 22),
    faint: style(2, 22),
    alarm: style(31, 39),
    caution: style(33, 39),
    place: style(36, 39),
    advice: style(32, 39),
  }
}
