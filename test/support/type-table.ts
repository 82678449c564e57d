// docs/types.md: every type that a Node announces, what leakwatch makes of it, and the test that holds it.
import { classify } from '../../lib/analyze/classify.ts'
import { type TypeFacts, factsOf, knownTypes } from '../../lib/model/type-table.ts'
import { buildSnapshot } from './snapshot-builder.ts'

export interface Exemption {
  readonly type: RegExp
  readonly reason: string
}

/** Names on Node's list that no test holds open, each with its reason; the coverage test checks them on the running Node. */
export const exemptions = {
  nothing: { type: /^NONE$/, reason: 'the name of no type: nothing is announced by it' },
  promise: { type: /^PROMISE$/, reason: 'a promise holds nothing open and is never recorded' },
  verify: { type: /^VERIFYREQUEST$/, reason: 'nothing is announced by it: a check of a signature is a SIGNREQUEST' },
  locks: { type: /^LOCKS$/, reason: 'nothing is announced by it, whatever is asked of navigator.locks' },
  quic: { type: /^(QUIC|DTLS)_/, reason: 'these builds of Node are made without QUIC and DTLS' },
} as const satisfies Readonly<Record<string, Exemption>>

/** Majors of Node by the names that they announce. */
export type Announced = ReadonlyMap<string, ReadonlySet<number>>

/** Why a name on Node's list has no test. */
export function exemptionOf(type: string): Exemption | undefined {
  return Object.values(exemptions).find(exemption => exemption.type.test(type))
}

/** The types that a test holds open; tags, which no Node announces, have theirs elsewhere. */
export function testedTypes(): readonly TypeFacts[] {
  return knownTypes.map(type => factsOf(type)!).filter(({ nature, type }) => nature !== 'tag' && exemptionOf(type) === undefined)
}

export function testOf(type: string): string {
  return `test/types/${type.toLowerCase()}.test.ts`
}

/** The page, from what each Node announces. */
export function render(announced: Announced): string {
  const rows = testedTypes().map(facts => `| ${[facts.type, facts.group, facts.nature, held(facts), nodes(announced, facts.type), file(facts.type)].join(' | ')} |`)
  const others = [...announced.keys()].filter(type => exemptionOf(type) !== undefined).toSorted()
  const exempt = others.map(type => `| ${type} | ${nodes(announced, type)} | ${exemptionOf(type)?.reason} |`)
  return `${preface}\n${rows.join('\n')}\n\n${between}\n${exempt.join('\n')}\n`
}

/** What a page says that each Node announces. */
export function parse(page: string): Announced {
  const rows = page.split('\n').map(line => line.split('|').map(cell => cell.trim())).filter(cells => cells.length > 4)
  const entries = rows.map(cells => [cells[1]!, majorsIn(cells.length === 8 ? cells[5]! : cells[2]!)] as const)
  return new Map(entries.filter(([, majors]) => majors.size > 0))
}

/** What is announced once a Node has told what it announces now. */
export function told(announced: Announced, major: number, names: readonly string[]): Announced {
  const all = [...new Set([...announced.keys(), ...names])]
  const entries = all.map(type => {
    const majors = new Set(announced.get(type))
    majors.delete(major)
    if (names.includes(type)) majors.add(major)
    return [type, majors] as const
  })
  return new Map(entries.filter(([, majors]) => majors.size > 0))
}

const preface = `# Types of resource

What leakwatch records, by the name under which Node announces it. *While held* is the verdict on one that is still there; the
last column is the test that holds one open and lets one go. \`UPDATE_TYPES=1\` with the coverage test, run on each Node, writes
this page. A type that is not on it is recorded by its name under \`other\`, and is \`pending\` unless it keeps the event loop alive.

| Type | Group | Nature | While held | Nodes | Test |
|---|---|---|---|---|---|`

const between = `Names on Node's own list that have no test:

| Name | Nodes | Why |
|---|---|---|`

function held(facts: TypeFacts): string {
  const { resources, sites } = buildSnapshot({ resources: [true, false].map(isEither => ({
    type: facts.type, at: 'src/app.js:1:1',
    recurring: facts.type === 'Timeout' ? isEither : facts.nature === 'timer' ? false : null,
    ref: facts.nature === 'thread' || facts.type === 'PROCESSWRAP' ? isEither : null,
  })) })
  const verdicts = resources.map(resource => classify(resource, { closing: false, isLate: false, isTest: false, site: sites[resource.site]! }))
  const collected = facts.nature === 'file' ? ['collected'] : []
  return [...new Set([...verdicts, ...collected])].join(' or ')
}

function nodes(announced: Announced, type: string): string {
  const majors = announced.get(type)
  return majors === undefined ? 'none: leakwatch\'s own' : [...majors].toSorted((a, b) => a - b).join(', ')
}

function majorsIn(cell: string): ReadonlySet<number> {
  return /^\d+(, \d+)*$/.test(cell) ? new Set(cell.split(', ').map(Number)) : new Set()
}

function file(type: string): string {
  const path = testOf(type)
  return `[${path.replace('test/types/', '')}](../${path})`
}
