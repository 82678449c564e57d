import fs from 'node:fs'
import { open } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer as createNetServer, type Server, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { matches } from '../../support/matches.ts'
import { runNode } from '../../support/run.ts'
import { assertNoLeaks, isLeakError, type Report, scope, type Scope, type Tag, track, watch } from '../../../lib/index.ts'

const turn = () => new Promise(resolve => setImmediate(resolve))

/** What a report names, as `type name-of-scope`. */
function named(report: Report): readonly string[] {
  return report.leaks.flatMap(({ type, resources }) => resources.map(({ scope: of, isAfterScope }) => `${type} ${of}${isAfterScope ? ' later' : ''}`)).toSorted()
}

t.test('the function gets what it returns through: a value, a promise, an error', async t => {
  t.equal(scope('value', () => 42), 42)
  t.equal(await scope('promise', async () => 42), 42)
  t.throws(() => scope('thrown', () => { throw new RangeError('own') }), RangeError)
  await t.rejects(scope('rejected', async () => { throw new RangeError('own') }), RangeError)
})

t.test('what has a then of its own is waited for, called once in the scope, and resolved', async t => {
  let calls = 0
  const begin = (resolve: (value: number) => void) => { calls++; setImmediate(resolve, 9) }
  for (const query of [{}, () => {}] as unknown as PromiseLike<number>[]) {
    Reflect.set(query, 'then', begin)
    t.equal(await scope('query', () => query), 9)
  }
  t.equal(calls, 2)
})

t.test('an error of the function comes before one of onClose', async t => {
  const onClose = () => { throw new Error('of onClose') }
  t.throws(() => scope({ name: 'sync', onClose }, () => { throw new Error('of the function') }), { message: 'of the function' })
  await t.rejects(scope({ name: 'async', onClose }, async () => { throw new Error('of the function') }), { message: 'of the function' })
  t.throws(() => scope({ name: 'passes', onClose }, () => {}), { message: 'of onClose' })
})

t.test('jobs that begin the next one do not hold all before it', async t => {
  let told: string | undefined
  const step = (left: number): void => scope('job', handle => {
    if (left > 0) setImmediate(step, left - 1)
    else {
      const tag = track('thing')
      told = handle.report().leaks[0]?.resources[0]?.scope ?? ''
      tag.close()
    }
  })
  step(5)
  while (told === undefined) await turn()
  t.equal(told, 'job > job')
})

t.test('an error that nobody catches is shown where it was thrown', async t => {
  const url = new URL('../../../lib/index.js', import.meta.url).href
  const program = `import(${JSON.stringify(url)}).then(({ scope }) => setTimeout(() => scope('job', () => {
    null.property
  })))`
  const { stderr } = await runNode({ eval: program, register: false })
  t.match(stderr, /^\[eval\]:2\n +null\.property\n/)
})

t.test('the API that is loaded under the preload reads its own files unseen, also for the first opening of a scope', async t => {
  const url = new URL('../../../lib/main.js', import.meta.url).href
  const program = (open: string) => `import fs from 'node:fs'\nimport { scope } from ${JSON.stringify(url)}\nscope('job', () => { ${open} })\n`
  // The first keeps what V8 compiled, the second reads that.
  for (const run of ['first', 'second']) {
    const { report, stderr } = await runNode({ flags: ['--input-type=module'], eval: program("globalThis.fd = fs.openSync('/dev/null')") })
    t.equal(stderr, '')
    matches(t, report, { complete: true, dropped: 0, leaks: { length: 1, 0: { type: 'fd', count: 1, contrast: null, resources: [{ scope: 'job' }] } } }, run)
    const clean = await runNode({ flags: ['--input-type=module'], eval: program("fs.closeSync(fs.openSync('/dev/null'))") })
    t.match(clean.report, { complete: true, dropped: 0, leaks: { length: 0 } }, run)
  }
})

t.test('descriptors, file handles, sockets and tags belong to the scope that opened them', async t => {
  using w = watch()
  const held: (() => unknown)[] = []
  await scope('job', async () => {
    await turn()
    const fd = fs.openSync('/dev/null', 'r')
    const handle = await open('/dev/null')
    const server = createServer().listen(0)
    await once(server, 'listening')
    const tag = track('lock')
    held.push(() => fs.closeSync(fd), () => handle.close(), () => server.close(), () => tag.close())
  })
  const fd = fs.openSync('/dev/null', 'r')
  t.strictSame(named(await w.check()), ['FILEHANDLE job', 'TCPSERVERWRAP job', 'fd job', 'fd null', 'lock job'])
  for (const close of held) await close()
  fs.closeSync(fd)
  t.strictSame(named(await w.check()), [])
})

async function listeningServer(): Promise<Server> {
  const server = createNetServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

t.test('what a server accepts belongs to the scope of the server, whoever connects', async t => {
  using w = watch({ types: ['net'] })
  const servers = [await listeningServer(), await scope('job', listeningServer)]
  const held = await scope('client', async () => Promise.all(servers.map(async server => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    const [accepted] = await Promise.all([once(server, 'connection'), once(socket, 'connect')]) as unknown as [[Socket], unknown]
    return [socket, accepted[0]]
  })))
  const accepted = (await w.check()).leaks.filter(({ chain: [link] }) => link?.type === 'TCPSERVERWRAP').flatMap(({ resources }) => resources.map(({ scope: of }) => String(of)))
  t.strictSame(accepted.toSorted(), ['job', 'null'])
  for (const socket of held.flat()) socket.destroy()
  for (const server of servers) server.close()
})

t.test('scopes run side by side without mixing, and nest', async t => {
  using w = watch({ types: ['fd'] })
  const fds: number[] = []
  const job = (name: string) => scope(name, async () => {
    for (let step = 0; step < 3; step++) {
      await turn()
      await scope(`step ${step}`, async () => {
        await turn()
        fds.push(fs.openSync('/dev/null', 'r'))
      })
    }
  })
  await Promise.all(['a', 'b'].map(job))
  t.strictSame(named(await w.check()), ['a', 'b'].flatMap(name => [0, 1, 2].map(step => `fd ${name} > step ${step}`)))
  fds.forEach(fd => fs.closeSync(fd))
})

t.test('a scope reports its own, also what scopes within it opened, when it closes', async t => {
  using w = watch({ types: ['fd'] })
  const reports: Report[] = []
  const fds: number[] = []
  await scope({ name: 'outer', onClose: report => void reports.push(report) }, async outer => {
    fds.push(fs.openSync('/dev/null', 'r'))
    await scope('inner', async () => void fds.push(fs.openSync('/dev/null', 'r')))
    t.strictSame(named(outer.report()), ['fd outer', 'fd outer > inner'])
    fs.closeSync(fds[0]!)
  })
  t.strictSame(reports.map(named), [['fd outer > inner']])
  fs.closeSync(fds[1]!)
  t.strictSame(named(await w.check()), [])
})

t.test('what is opened in a scope that has closed is named as such', async t => {
  using w = watch({ types: ['fd'] })
  let later: Promise<number> | undefined
  await scope('request', async () => { later = turn().then(turn).then(() => fs.openSync('/dev/null', 'r')) })
  const fd = await later!
  t.strictSame(named(await w.check()), ['fd request later'])
  fs.closeSync(fd)
})

t.test('without a watch a scope still reports its tags', async t => {
  let own: Scope | undefined
  const tag = scope('alone', opened => {
    own = opened
    return track('lock')
  })
  t.strictSame(named(own!.report()), ['lock alone'])
  tag.close()
  t.strictSame(named(own!.report()), [])
})

const own = new RangeError('own')
const ways: Readonly<Record<string, () => unknown>> = {
  'an early return': () => true,
  'a throw': () => { throw own },
  'a rejected promise': () => Promise.reject(own),
  'an aborted signal': () => {
    const controller = new AbortController()
    const waiting = once(new EventTarget(), 'never', { signal: controller.signal })
    controller.abort()
    return waiting
  },
}

for (const [name, leave] of Object.entries(ways)) {
  t.test(`a scope that is left by ${name} closes, and reports what is left open in it`, async t => {
    const tags: Tag[] = []
    const close = () => { for (const tag of tags.splice(0)) tag.close() }
    const outcome = async (work: () => unknown) => {
      const reports: Report[] = []
      let opened: Scope | undefined
      await scope({ name: 'job', onClose: report => void reports.push(report) }, async handle => {
        opened = handle
        tags.push(track('lock'))
        return work()
      }).catch((error: Error) => t.ok(error === own || error.name === 'AbortError'))
      t.strictSame(opened!.report().leaks.length, reports[0]!.leaks.length)
      return reports.map(named)
    }
    t.strictSame(await outcome(async () => await leave() === true || close()), [['lock job']])
    close()
    t.strictSame(await outcome(async () => { try { await leave() } finally { close() } }), [[]])
  })
}

t.test('one scope a request tells which request leaks, also once its body was read', async t => {
  using w = watch({ types: ['fd'] })
  const fds: number[] = []
  const label = ({ method, url }: IncomingMessage) => `${method} ${url}`
  const handle = (request: IncomingMessage, response: ServerResponse) => void text(request).then(body => {
    if (request.url === '/leaks') fds.push(fs.openSync('/dev/null', 'r'))
    response.end(body)
  })
  const server = createServer((request, response) => void scope(label(request), () => new Promise(done => { response.once('close', done); handle(request, response) })))
  await once(server.listen(0), 'listening')
  const ask = (path: string, method = 'GET') => new Promise(done => {
    request({ port: (server.address() as AddressInfo).port, path, method, agent: false }, response => response.resume().on('end', done)).end(method === 'GET' ? undefined : 'body')
  })
  await Promise.all([ask('/a'), ask('/leaks'), ask('/b', 'POST'), ask('/leaks', 'POST')])
  server.close()
  t.strictSame(named(await w.check()), ['fd GET /leaks', 'fd POST /leaks'])
  fds.forEach(fd => fs.closeSync(fd))
})

t.test('assertNoLeaks under parallel tests blames each for its own', async t => {
  const fds: number[] = []
  const leaky = async () => {
    await turn()
    fds.push(fs.openSync('/dev/null', 'r'))
    await turn()
  }
  const clean = async () => {
    for (let step = 0; step < 5; step++) {
      await turn()
      fs.closeSync(fs.openSync('/dev/null', 'r'))
    }
  }
  const outcomes = await Promise.allSettled([clean, leaky, clean, leaky].map(test => assertNoLeaks(test)))
  t.strictSame(outcomes.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled', 'rejected'])
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') t.ok(isLeakError(outcome.reason) && outcome.reason.report.leaks.length === 1 && outcome.reason.report.leaks[0]?.count === 1)
  }
  fds.forEach(fd => fs.closeSync(fd))
})

t.test('a mistake is named with what was given and what is wanted', async t => {
  const wrong = (given: unknown, fn: unknown) => () => scope(given as string, fn as () => void)
  t.throws(wrong('', () => {}), { code: 'ERR_LEAKWATCH_ARGUMENT', message: /a name, but was given ''/ })
  t.throws(wrong({ name: 3 }, () => {}), { code: 'ERR_LEAKWATCH_ARGUMENT', message: /a name, but was given number/ })
  t.throws(wrong({ name: 'a', onclose: 1 }, () => {}), { code: 'ERR_LEAKWATCH_OPTION_UNKNOWN', message: /'onClose'/ })
  t.throws(wrong({ name: 'a', onClose: 1 }, () => {}), { code: 'ERR_LEAKWATCH_ARGUMENT', message: /wants a function/ })
  t.throws(wrong('a', function* () { yield 1 }), { code: 'ERR_LEAKWATCH_ARGUMENT', message: /wants a function that runs .* given a generator/ })
  t.throws(wrong('a', Promise.resolve()), { code: 'ERR_LEAKWATCH_ARGUMENT', message: /not the promise it returns/ })
})
