// Texts that somebody may have put into names, paths and messages, for property tests of what renders them.
import fc from 'fast-check'
import type { ResourceInput, SnapshotInput } from './snapshot-builder.ts'

const pieces = [
  '\n', '\r\n', '\t', '\0', '\x1b[31m', '\u2028', '\u202e', '\ufeff', '\ufffe', '\uffff', '\ud800', '\udc00', '\x85', '\x9b',
  '::error file=a::x', '\n::warning::y', '##[error]z', '##vso[task.complete]', '%0A', '%', ',', ':', ']]>', '<!--', '-->', '<x>', '&amp;', '&', '"', '\'', '\\', '</failure>', '😀', 'ä',
]

/** Any text, rich in what breaks a terminal, XML, JSON or a CI log. */
export const hostileText = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 5 }), fc.string({ maxLength: 8 })), { maxLength: 8 }).map(parts => parts.join(''))

const frameText = hostileText.map(text => text.replaceAll(' < ', ' ').replaceAll('\n', ''))

/** A snapshot whose every text from outside is hostile. */
export const hostileSnapshot: fc.Arbitrary<SnapshotInput> = fc.record({
  resources: fc.array(fc.record({
    at: fc.tuple(frameText, fc.integer({ min: 1, max: 99 }), frameText).map(([file, line, name]) => `src/${file}.ts:${line}:1 in f${name} < node_modules/p${line}/x.js:1:1 in g < src/main.ts:2:2`),
    type: fc.constantFrom('fd', 'TCPWRAP', 'FILEHANDLE', 'FSREQCALLBACK'),
    target: fc.option(hostileText),
    name: fc.option(hostileText),
    scope: fc.option(hostileText),
  }) as fc.Arbitrary<ResourceInput>, { maxLength: 4 }),
  faults: fc.array(fc.record({ where: hostileText, message: hostileText }), { maxLength: 2 }),
  complete: fc.boolean(),
})
