// HTML as a browser reads it.
import { defaultTreeAdapter as tree, parse } from 'parse5'
import type { DefaultTreeAdapterTypes } from 'parse5'

export type Element = DefaultTreeAdapterTypes.Element
export type Parent = DefaultTreeAdapterTypes.ParentNode

/** Throws where the HTML has a fault. */
export function pageOf(html: string): Parent {
  return parse(html, { onParseError: ({ code, startLine, startCol }) => { throw new Error(`${code} at ${startLine}:${startCol}`) } })
}

/** The elements of a name, or all by `*`, outermost first; of one class alone where that is given. */
export function all(within: Parent, name: string, kind?: string): Element[] {
  return within.childNodes.flatMap(node => {
    if (!tree.isElementNode(node)) return []
    const isMeant = (name === '*' || node.tagName === name) && (kind === undefined || attribute(node, 'class') === kind)
    return [...(isMeant ? [node] : []), ...all(node, name, kind)]
  })
}

export function attribute({ attrs }: Element, name: string): string | undefined {
  return attrs.find(each => each.name === name)?.value
}

/** The text of each element of a name. */
export function texts(within: Parent, name: string, kind?: string): string[] {
  return all(within, name, kind).map(element => textsIn(element).join(''))
}

/** The texts that stand in a node, piece by piece. */
export function textsIn(node: DefaultTreeAdapterTypes.Node): string[] {
  if (tree.isTextNode(node)) return [node.value]
  return 'childNodes' in node ? node.childNodes.flatMap(textsIn) : []
}
