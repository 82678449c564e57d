import type inspector from 'node:inspector'
import { createRequire, SourceMap, type SourceMapPayload } from 'node:module'
import { pathToFileURL } from 'node:url'
import { isAbsolute } from 'node:path'

const inline = /^data:application\/json[^,]*?(;base64)?,/

/** The source maps that code carries which was made in memory. */
export class GeneratedMaps {
  #urls = mapUrls()
  readonly #read = new Map<string, SourceMap | null>()
  readonly #asked = new Set<string>()

  /** Whether code of that name was asked for before, with a map or without. Other code may have been made since. */
  hasMet(name: string): boolean {
    return this.#asked.has(name)
  }

  /** Asks V8 once more. */
  renew(): void {
    this.#urls = mapUrls()
    this.#read.clear()
  }

  /** That of code, by the name that it has there; undefined where there is none, or it can't be read. */
  get(name: string): SourceMap | undefined {
    this.#asked.add(name)
    const url = this.#urls.get(name)
    if (url === undefined) return undefined
    let map = this.#read.get(name)
    if (map === undefined) this.#read.set(name, map = parsed(url))
    return map ?? undefined
  }
}

// V8 names them to an inspector alone, which is asked for the moment of the call, and told of each script; where there is none
// (`--disable-inspector`), nothing is known.
function mapUrls(): ReadonlyMap<string, string> {
  const urls = new Map<string, string>()
  try {
    const { Session } = createRequire(import.meta.url)('node:inspector') as typeof inspector
    const session = new Session()
    session.connect()
    session.on('Debugger.scriptParsed', ({ params: { url, sourceMapURL = '' } }) => {
      // The newest of a name is the one that runs.
      if (inline.test(sourceMapURL)) urls.set(isAbsolute(url) ? pathToFileURL(url).href : url, sourceMapURL)
    })
    session.post('Debugger.enable')
    session.disconnect()
  } catch {
    return new Map()
  }
  return urls
}

function parsed(url: string): SourceMap | null {
  const [prefix = '', isBase64] = inline.exec(url) ?? []
  const content = url.slice(prefix.length)
  try {
    const json = isBase64 === undefined ? decodeURIComponent(content) : Buffer.from(content, 'base64').toString('utf8')
    return new SourceMap(JSON.parse(json) as SourceMapPayload)
  } catch {
    return null
  }
}
