import { type Command, type Flags, flagged } from './args.ts'

/** What `leakwatch` itself prints, where it was asked for help or for nothing. */
export function helpOf(commands: Readonly<Record<string, Command>>): string {
  const width = widest(Object.values(commands).map(({ usage }) => usage))
  const lines = Object.values(commands).map(({ usage, about }) => `  leakwatch ${usage.padEnd(width)}  ${about}`)
  return `Names the line that opened the descriptor, socket or request that nobody closed.

${lines.join('\n')}

  leakwatch COMMAND --help tells its flags, leakwatch --version the version.
`
}

/** What a command prints with `--help`. */
export function helpOn({ usage, about, flags }: Command): string {
  return `leakwatch ${usage}

${about}

${flagLines(flags).join('\n')}
`
}

function flagLines(flags: Flags): readonly string[] {
  const written = Object.entries(flags).map(([name, { value, about }]) => [value === null ? flagged(name) : `${flagged(name)} ${value}`, about] as const)
  const width = widest(written.map(([flag]) => flag))
  return written.map(([flag, about]) => `  ${flag.padEnd(width)}  ${about}`)
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map(({ length }) => length))
}
