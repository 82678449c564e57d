import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import t, { type Test } from 'tap'
import { observe, type ObserveOptions } from '../../lib/integrations/otel.ts'
import { LeakwatchError } from '../../lib/model/errors.ts'
import { plainPolicy, policyOf } from '../../lib/model/matcher.ts'
import { fixture, inRoot } from '../support/paths.ts'
import { buildSnapshot, type SnapshotInput } from '../support/snapshot-builder.ts'
import { runNode } from '../support/run.ts'

class Reader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

type Values = Readonly<Record<string, readonly string[]>>

/** What the SDK collects of a program whose snapshots are these, one after the other; the last one stays. */
function collecting(t: Test, snapshots: readonly SnapshotInput[], options: Partial<ObserveOptions> = {}, policy = plainPolicy) {
  const reader = new Reader()
  const provider = new MeterProvider({ readers: [reader] })
  t.teardown(() => provider.shutdown())
  const inputs = [...snapshots]
  const watch = { snapshot: () => buildSnapshot(inputs.length > 1 ? inputs.shift() : inputs[0]), [policyOf]: policy }
  const observing = observe(watch, { meter: provider.getMeter('test'), ...options })
  return {
    stop: () => observing.stop(),
    async collect(): Promise<Values> {
      const { errors, resourceMetrics: { scopeMetrics } } = await reader.collect()
      t.strictSame(errors, [])
      return Object.fromEntries(scopeMetrics.flatMap(({ metrics }) => metrics).map(({ descriptor: { name }, dataPoints }) => [name, dataPoints.map(({ attributes, value }) =>
        [...Object.entries(attributes).filter(([key]) => key !== 'leakwatch.fingerprint').map(([, attribute]) => String(attribute)), String(Number(value))].join(' '))]))
    },
  }
}

const socket = { type: 'TCPWRAP', at: 'src/client.ts:7:3 in connect' }

t.test('what is open is counted by type and verdict, and by the line that opened it', async t => {
  const { collect } = collecting(t, [{ resources: [
    { fd: 20, at: 'src/pool.ts:8:1 in acquire' }, { fd: 21, at: 'src/pool.ts:8:1 in acquire' }, socket, { type: 'FSREQCALLBACK', at: 'src/a.ts:1:1' },
    { fd: 22, at: '/srv/app/node_modules/multer/index.js:3:4' },
  ] }])
  const { 'leakwatch.line.resource.count': lines, 'leakwatch.resource.count': types } = await collect()
  t.strictSame(types, ['fd active 3', 'TCPWRAP active 1', 'FSREQCALLBACK pending 1'])
  t.strictSame(lines?.map(line => line.replace('multer@1.0.0', 'multer')), ['fd /srv/app/src/pool.ts 8 acquire 2', 'TCPWRAP /srv/app/src/client.ts 7 connect 1', 'fd /srv/app/node_modules/multer/index.js 3 multer 1'])
})

t.test('what is not open any more is counted as none', async t => {
  const { collect } = collecting(t, [{ resources: [socket, socket] }, { resources: [] }])
  t.strictSame((await collect())['leakwatch.line.resource.count'], ['TCPWRAP /srv/app/src/client.ts 7 connect 2'])
  const later = await collect()
  t.strictSame([later['leakwatch.line.resource.count'], later['leakwatch.resource.count']], [['TCPWRAP /srv/app/src/client.ts 7 connect 0'], ['TCPWRAP active 0']])
})

t.test('no more lines are told of than are asked for, and of those that were the true count', async t => {
  const other = { ...socket, at: 'src/other.ts:1:1' }
  const { collect } = collecting(t, [{ resources: [socket, socket, other] }, { resources: [socket, other, other] }], { lines: 1 })
  t.strictSame((await collect())['leakwatch.line.resource.count'], ['TCPWRAP /srv/app/src/client.ts 7 connect 2'])
  t.strictSame((await collect())['leakwatch.line.resource.count']!.toSorted(), ['TCPWRAP /srv/app/src/client.ts 7 connect 1', 'TCPWRAP /srv/app/src/other.ts 1 2'])
})

t.test('the kernel\'s count, its limit, what is unexplained and what failed are told', async t => {
  const kernel = { open: 30, limit: 1024, runtime: 20, accounted: 8, unexplained: [{ fd: 9, target: null }, { fd: 10, target: null }] }
  const { collect } = collecting(t, [{ kernel, faults: [{ where: 'init', message: 'x' }] }])
  const { 'leakwatch.resource.count': _types, 'leakwatch.line.resource.count': _lines, ...others } = await collect()
  t.strictSame(others, { 'process.open_file_descriptor.count': ['30'], 'leakwatch.descriptor.limit': ['1024'], 'leakwatch.descriptor.unexplained': ['2'], 'leakwatch.fault.count': ['1'] })
})

t.test('after stop nothing is asked any more, and a watch that was stopped is let go of', async t => {
  const reader = new Reader()
  const provider = new MeterProvider({ readers: [reader] })
  t.teardown(() => provider.shutdown())
  let asked = 0
  const watch = { snapshot: () => { asked++; return buildSnapshot() } }
  const observing = observe(watch, { meter: provider.getMeter('test') })
  await reader.collect()
  observing.stop()
  observing[Symbol.dispose]()
  await reader.collect()
  t.equal(asked, 1)
  observe({ snapshot: () => { asked++; throw new LeakwatchError('ERR_LEAKWATCH_STOPPED', 'stopped') } }, { meter: provider.getMeter('test') })
  t.strictSame((await reader.collect()).errors, [])
  await reader.collect()
  t.equal(asked, 2)
})

t.test('misuse is named', async t => {
  const meter = new MeterProvider().getMeter('test')
  const watch = { snapshot: () => buildSnapshot() }
  t.throws(() => observe(null as never, { meter }), { code: 'ERR_LEAKWATCH_ARGUMENT', message: 'observe() wants a watch, but was given null. Give what watch() returned.' })
  t.throws(() => observe(watch, {} as never), { code: 'ERR_LEAKWATCH_OPTION_INVALID', message: /Option 'meter' wants a meter of OpenTelemetry, but was given undefined\. Give metrics\.getMeter/ })
  t.throws(() => observe(watch, { meter, line: 3 } as never), { code: 'ERR_LEAKWATCH_OPTION_UNKNOWN', message: /Did you mean 'lines'/ })
  t.throws(() => observe(watch, { meter, lines: 1.5 }), { code: 'ERR_LEAKWATCH_OPTION_INVALID', message: /a whole number from 0 to 1000/ })
})

t.test('what the watch was told to ignore is left out, and what it was told of as late is a leak', async t => {
  const { collect } = collecting(t, [{ resources: [socket, { fd: 20, at: 'src/pool.ts:8:1' }, { type: 'FSREQCALLBACK', at: 'src/a.ts:1:1', openedMsAgo: 9_000 }] }], {}, { ...plainPolicy, ignored: [{ type: 'fd' }], pendingAfterMs: 5_000 })
  t.strictSame((await collect())['leakwatch.resource.count'], ['FSREQCALLBACK active 1', 'TCPWRAP active 1'])
})

t.test('a program sees its own descriptors come and go', async t => {
  const { stdout, stderr } = await runNode({ script: fixture('integrations', 'otel.mjs'), register: false })
  t.equal(stderr, '')
  t.strictSame(JSON.parse(stdout), [2, 1, 0, 0])
})

t.test('code that was made in memory after metrics were first collected is told by its source, too', async t => {
  const text = "const fs = require('node:fs')\nmodule.exports = () => fs.openSync(process.execPath)\n"
  const directory = t.testdir({ 'early.txt': text, 'late.txt': text })
  const args = [inRoot('dist/lib/main.cjs'), inRoot('dist/lib/integrations/otel.js'), `${directory}/early.txt`, `${directory}/late.txt`]
  const { stdout, stderr } = await runNode({ script: fixture('integrations', 'otel-late.cjs'), register: false, args })
  t.equal(stderr, '')
  t.strictSame(JSON.parse(stdout), [['early.txt:2'], ['early.txt:2', 'late.txt:2']])
})
