import fc from 'fast-check'
import t from 'tap'
import { pprof } from '../../../lib/report/pprof/pprof.ts'
import type { Report } from '../../../lib/model/report.ts'
import { hostileSnapshot } from '../../support/hostile.ts'
import { matches } from '../../support/matches.ts'
import { profileOf } from '../../support/profile.ts'
import { buildReport } from '../../support/report-builder.ts'
import type { ResourceInput } from '../../support/snapshot-builder.ts'

const decoded = (report: Report) => profileOf(pprof(report))

const acquire = 'node:fs:573:3 in openSync < src/pool.ts:2:14 in acquire'
const job: ResourceInput = { fd: 19, target: '/var/log/job.log', openedMsAgo: 61_000, at: `${acquire} < src/job.ts:4:1` }

t.test('a leak is a sample: the opening line first, then its callers, with what tells it from others', async t => {
  const report = buildReport({ resources: [job] })
  t.strictSame(decoded(report).samples, [{
    frames: ['acquire /srv/app/src/pool.ts:2:14', 'src/job.ts:4 /srv/app/src/job.ts:4:1'],
    values: { resources: 1, leaks: 1 },
    labels: { verdict: 'active', type: 'fd', fingerprint: report.leaks[0]!.fingerprint, target: '/var/log/job.log', age: '61000 milliseconds' },
  }])
})

t.test('frames inward of the opening line, as those of a spy, are left out', async t => {
  const report = buildReport({ resources: [{ at: 'node_modules/shimmer/index.js:9:9 in wrapped < src/a.ts:1:1 in f' }] })
  const leaks = report.leaks.map(group => ({ ...group, site: { ...group.site, user: 1 } }))
  t.strictSame(decoded({ ...report, leaks }).samples.map(({ frames }) => frames), [['f /srv/app/src/a.ts:1:1']])
})

t.test('where nothing leaks there is no sample, and the profile says when it was taken and what it found', async t => {
  const profile = decoded(buildReport({ kernel: { open: 3, limit: null, runtime: 3, accounted: 0, unexplained: [] }, sampled: { captured: 30, skipped: 10 } }))
  t.strictSame(profile, {
    types: ['resources/count', 'leaks/count'], shown: 'leaks', periodType: 'resources/count', period: 1,
    takenAtNs: 1_772_366_400_000_000_000n, program: '/srv/app/main.js', samples: [],
    comments: [
      'leakwatch: no leaks at exit (pid 123, node v20.20.2)',
      '10 of 40 stacks were skipped: a higher LEAKWATCH_BUDGET captures more, LEAKWATCH=full all of them.',
      'kernel: 3 descriptors open: 3 of the runtime or inherited, 0 accounted for, 0 unexplained',
    ],
  })
})

t.test('what is pending, pooled or known counts among the resources, and not among the leaks', async t => {
  const report = buildReport({ resources: [
    { type: 'FSREQCALLBACK', at: 'src/fifo.ts:9:6 in wait' },
    { type: 'TCPWRAP', pool: 'http.Agent', at: 'src/client.ts:3:1 in get' },
    job,
  ] })
  const known = report.leaks.map(group => ({ ...group, reason: 'mended in 2.0' }))
  matches(t, decoded({ ...report, leaks: [], known }).samples, [
    { values: { resources: 1, leaks: 0 }, labels: { verdict: 'pending', type: 'FSREQCALLBACK' } },
    { values: { resources: 1, leaks: 0 }, labels: { verdict: 'pooled' } },
    { values: { resources: 1, leaks: 0 }, labels: { verdict: 'active', known: 'mended in 2.0' } },
  ])
})

t.test('a leak inside a package bears its name, and the line of the application that it called back for', async t => {
  const [sample] = decoded(buildReport({ resources: [{ at: 'node_modules/multer/disk.js:40:22 in _handleFile < node:fs:1:1 << node:fs:2:2 in stat < src/upload.ts:1:9 in up' }] })).samples
  matches(t, sample, {
    frames: ['_handleFile /srv/app/node_modules/multer/disk.js:40:22', 'in a callback, after a call from :0:0', 'up /srv/app/src/upload.ts:1:9'],
    labels: { package: 'multer@1.0.0' },
  })
})

t.test('resources that are described have a sample each, with scope, name and age; the others are counted', async t => {
  const resources = Array.from({ length: 60 }, (_, index) => ({ type: 'TCPWRAP', name: `job ${index}`, scope: { name: 'request', ids: [1], judged: null, isAfter: false }, openedMsAgo: 9000 - index, at: 'src/a.ts:1:1 in f' }))
  const { samples } = decoded(buildReport({ resources }))
  t.equal(samples.length, 51)
  matches(t, samples[0], { values: { leaks: 1 }, labels: { name: 'job 0', scope: 'request', age: '9000 milliseconds' } })
  t.strictSame(samples[50]!.values, { resources: 10, leaks: 10 })
  t.strictSame(Object.keys(samples[50]!.labels), ['verdict', 'type', 'fingerprint'])
})

t.test('where no stack was recorded a sample says so', async t => {
  matches(t, decoded(buildReport({ mode: 'count', resources: [{ fd: 20 }] })).samples, [{ frames: ['no stack was recorded :0:0'], values: { leaks: 1 } }])
})

t.test('a fault is a comment', async t => {
  t.strictSame(decoded(buildReport({ complete: false, faults: [{ where: 'table', message: 'full' }] })).comments.slice(1), ['incomplete: a fault in table: full'])
})

t.test('it is a whole profile, harmless to print, whatever names and messages hold', async t => {
  fc.assert(fc.property(hostileSnapshot, snapshot => {
    const report = buildReport(snapshot)
    const { samples, comments } = decoded(report)
    const texts = [...comments, ...samples.flatMap(({ frames, labels }) => [...frames, ...Object.values(labels)])]
    const counted = samples.reduce((sum, { values }) => sum + values.leaks!, 0)
    return counted === report.leaks.reduce((sum, { count }) => sum + count, 0) && texts.every(text => !/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\ufffd]|##\w*\[/.test(text))
  }), { numRuns: 300 })
  t.pass('held for every report tried')
})
