import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import t from 'tap'
import { inRoot } from '../support/paths.ts'
import { filesUnder, linesMatching } from './sources.ts'

interface Banned {
  readonly word: RegExp
  readonly say: string
  /** Where the word is right after all. */
  readonly except?: readonly RegExp[]
}

const vocabulary: readonly Banned[] = [
  { word: /\bcall[ -]sites?\b/i, say: 'site; V8\'s own structure is a CallSite' },
  { word: /\b(stack ?traces?|backtraces?|init ?traces?)\b/i, say: 'init stack' },
  { word: /\b(code )?locations?\b/i, say: 'site', except: [/\blocations?: /g, /\binProfile\.location\b/g] },  // properties of SARIF, as is suppressions; a field of profile.proto
  { word: /\bparent(Async)?Ids?\b/, say: 'triggerAsyncId' },
  { word: /\b(white|black|allow|deny|block)-?lists?\b/i, say: 'matcher: ignored or known' },
  { word: /\bsuppress(es|ed|ing|ions?)?\b/i, say: 'ignored or known', except: [/\bsuppressions: /g] },
  { word: /\bmonitor(s|ed|ing)?\b/i, say: 'watch' },
  { word: /\bdetectors?\b/i, say: 'watch', except: [/\bleak detectors?\b/gi] },  // what the product is, not the object that users hold
  { word: /\b(heap ?)?dump(s|ed|ing)?\b/i, say: 'snapshot' },
  { word: /\bdeltas?\b/i, say: 'diff' },
  { word: /\btrend(s|ing)?\b/i, say: 'growth' },
  { word: /\bformatters?\b/i, say: 'reporter' },
  { word: /\bregistry\b/i, say: 'table or ledger', except: [/\bnpm registry\b/gi] },
  { word: /\b(owner|parent) chains?\b/i, say: 'trigger chain' },
  { word: /\bfalse alarms?\b/i, say: 'false blame' },
]

const sources = filesUnder('lib', '.ts')
const texts = [...sources, ...filesUnder('docs', '.md'), ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md'].filter(path => existsSync(inRoot(path)))]

for (const { word, say, except } of vocabulary) {
  t.test(`code and docs say ${say}, never ${word.source}`, async t => {
    t.strictSame(texts.flatMap(path => linesMatching(path, word, except)), [], `say: ${say}`)
  })
}

t.test('no source is named after nothing', async t => {
  t.strictSame(sources.filter(path => /^(utils?|common|helpers?|types|misc|shared)\.ts$/.test(basename(path))), [], 'name the idea that the file holds')
})

t.test('every source has a kebab-case name', async t => {
  t.strictSame(sources.filter(path => !/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(basename(path))), [])
})
