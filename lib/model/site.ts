/** One entry of an init stack. Lines and columns are 1-based. */
export interface Frame {
  /** Name of the function, `new X` for a constructor call; null for top-level code and anonymous functions. */
  readonly function: string | null
  /** A path, a `node:` name or what the frame calls itself (`[eval]`); null for native code. */
  readonly file: string | null
  readonly line: number | null
  readonly column: number | null
}

/** The identity of a whole init stack. */
export interface Site {
  readonly frames: readonly Frame[]
  /** Index of the first frame outside Node, leakwatch and WebAssembly; it may lie in node_modules. -1 if none. */
  readonly user: number
  /** Index of the first frame outside node_modules too. -1 if none. */
  readonly app: number
  /** `name@version` of the package that holds `frames[user]`; null for the application itself. */
  readonly package: string | null
  /**
   * Index of the first frame of another stack: that of the request in whose callback the package was called, which has no line of the
   * application on its own. Absent where all are of one stack.
   */
  readonly boundary?: number
}

export const emptySite: Site = { frames: [], user: -1, app: -1, package: null }

/**
 * What an opening is told from others by: its line and, where that lies in a package, the application's line that called it. All
 * servers of a framework listen at one line of it.
 */
export function openingLine(site: Site | undefined): string {
  const { frames = [], user = -1, app = -1, boundary } = site ?? {}
  // Beyond the boundary lies but a line that the package was called by at some time.
  const caller = boundary === undefined && app !== -1 ? app : user
  return [...new Set([user, caller])].map(index => {
    const frame = frames[index]
    return `${frame?.file}:${frame?.line}:${frame?.column}`
  }).join(' ')
}
