import t from 'tap'
import { judge } from '../../lib/analyze/judge.ts'
import { type KnownMatcher, type Matcher, plainPolicy } from '../../lib/model/matcher.ts'
import { matches } from '../support/matches.ts'
import { buildSnapshot, takenAtMs } from '../support/snapshot-builder.ts'

const snapshot = buildSnapshot({
  resources: [
    { type: 'fd', target: '/var/log/app.log', at: 'src/log.js:8:5 in openLog < src/main.js:3:1' },
    { type: 'TCPWRAP', target: '127.0.0.1:1 -> 127.0.0.1:5432', at: '/srv/app/node_modules/@scope/db/pool.js:4:1 in dial < src/db.js:9:2' },
    { type: 'GETADDRINFOREQWRAP', at: 'src/dns.js:1:1' },
  ],
})

function judged({ ignored = [], known = [] }: { readonly ignored?: readonly Matcher[], readonly known?: readonly KnownMatcher[] }) {
  return judge(snapshot, { since: null, reason: 'api', generatedAtMs: takenAtMs, policy: { ...plainPolicy, ignored, known } })
}

function leaksWithout(...ignored: readonly Matcher[]): readonly string[] {
  return judged({ ignored }).leaks.map(({ type }) => type)
}

t.test('a matcher tells by type, path, package, function and frame, with * for any text', async t => {
  for (const matcher of [{ type: 'fd' }, { path: '/var/log/*' }, { function: 'openLog' }, { frame: 'src/log.js' }, { frame: 'src/log.js:8' }, { frame: '*/main.js' }, { type: 'f*' }]) {
    t.strictSame(leaksWithout(matcher), ['TCPWRAP'], JSON.stringify(matcher))
  }
  for (const matcher of [{ package: '@scope/db' }, { package: '@scope/db@1.0.0' }, { package: '@scope/*' }, { path: '*:5432' }, { function: 'dial', type: 'TCPWRAP' }]) {
    t.strictSame(leaksWithout(matcher), ['fd'], JSON.stringify(matcher))
  }
})

t.test('all that a matcher gives has to hold, and each as a whole', async t => {
  for (const matcher of [{ type: 'fd', package: '@scope/db' }, { type: 'TCP' }, { path: '/var/log' }, { frame: 'src/log.js:9' }, { package: 'db' }, { path: '/var.log/app.log' }]) {
    t.strictSame(leaksWithout(matcher).toSorted(), ['TCPWRAP', 'fd'], JSON.stringify(matcher))
  }
})

t.test('what is ignored is in no list, and what is known is listed apart with its reason', async t => {
  const report = judged({ ignored: [{ type: 'GETADDRINFOREQWRAP' }], known: [{ package: '@scope/db', reason: 'closed in 2.0' }] })
  t.strictSame(report.pending, [])
  t.strictSame(report.leaks.map(({ type }) => type), ['fd'])
  matches(t, report.known, [{ type: 'TCPWRAP', verdict: 'active', reason: 'closed in 2.0', count: 1 }])
})

t.test('a known matcher bears leaks alone: a request in flight stays pending', async t => {
  matches(t, judged({ known: [{ type: 'GETADDRINFOREQWRAP', reason: 'slow resolver' }] }), { known: [], pending: [{ type: 'GETADDRINFOREQWRAP' }] })
})

t.test('the use of each matcher is counted', async t => {
  t.strictSame(judged({ ignored: [{ type: 'UDPWRAP' }, { type: '*WRAP' }], known: [{ path: '/var/*', reason: 'log' }] }).matchers, [
    { list: 'ignored', matcher: { type: 'UDPWRAP' }, used: 0 },
    { list: 'ignored', matcher: { type: '*WRAP' }, used: 2 },
    { list: 'known', matcher: { path: '/var/*', reason: 'log' }, used: 1 },
  ])
})
