import t from 'tap'
import { detects, groupAt } from '../support/detection.ts'
import { matches } from '../support/matches.ts'
import { fixture } from '../support/paths.ts'

const address = /^(127\.0\.0\.1|\[.*\]):\d+ -> (127\.0\.0\.1|\[.*\]):\d+$/

t.test('a client socket is named by the line that connected it until it is destroyed, reset or ended', async t => {
  await detects(t, { script: fixture('types', 'tcp-client.mjs') }, {
    also(t, report) {
      const client = groupAt(report, 'TCPWRAP', "net.createConnection({ port, host: '127.0.0.1' })")
      t.match(client.reason, 'Nobody called destroy().')
      t.match(client.resources[0], { target: address, ref: true })
      t.match(groupAt(report, 'TCPWRAP', 'const unreferenced').resources[0], { ref: false })
    },
  })
})

t.test('a client that may stay half open is held until it ends its own side', async t => {
  await detects(t, { script: fixture('types', 'tcp-half-open.mjs') })
})

t.test('a client that went on to its second address is named by the line that connected it', async t => {
  await detects(t, { script: fixture('types', 'tcp-second-address.mjs') })
})

t.test('a client that went on to its second address was closed by nobody', async t => {
  await detects(t, { script: fixture('types', 'tcp-tried-addresses.mjs') }, {
    also(t, report) {
      t.equal(groupAt(report, 'TCPWRAP', 'const connect').contrast, null)
    },
  })
})

t.test('an accepted socket is named by the line that made its server listen, with the server in its chain', async t => {
  await detects(t, { script: fixture('types', 'tcp-accepted.mjs') }, {
    also(t, report) {
      const accepted = groupAt(report, 'TCPWRAP', 'web.listen')
      matches(t, accepted.chain, [{ type: 'TCPSERVERWRAP', asyncId: Number }])
      t.strictSame(accepted.chain[0]!.site, accepted.site)
    },
  })
})

t.test('a socket of an http.Agent is named by the request that holds it, and pooled when none does', async t => {
  await detects(t, { script: fixture('types', 'tcp-http-agent.mjs') }, {
    also(t, report) {
      const idle = (pool: string) => `Idle in the pool of ${pool}, kept for the next request.`
      t.equal(groupAt(report, 'TCPWRAP', 'const read').reason, idle('http.Agent'))
      t.equal(groupAt(report, 'TCPWRAP', 'http.get({ port }').reason, idle('http.globalAgent'))
    },
  })
})

t.test('a socket whose request was given up in vain is in no pool', async t => {
  await detects(t, { script: fixture('types', 'tcp-http-given-up.mjs') })
})

t.test('a response of fetch that is not consumed is named by the line of the fetch', async t => {
  await detects(t, { script: fixture('types', 'tcp-fetch.mjs') })
})

t.test('a socket of fetch that was taken from the pool is named by the line of the fetch that holds it', async t => {
  await detects(t, { script: fixture('types', 'tcp-fetch-reused.mjs') })
})

t.test('an idle socket of fetch is pooled', async t => {
  await detects(t, { script: fixture('types', 'tcp-fetch-idle.mjs') }, {
    also(t, report) {
      t.equal(report.pooled[0]!.reason, 'Idle in the pool of fetch, kept for the next request.')
    },
  })
})

for (const client of ['fetch', 'http']) {
  t.test(`a socket of ${client} is pooled as soon as its answer is read to the end`, async t => {
    await detects(t, { script: fixture('types', `tcp-${client}-read.mjs`) })
  })
}

t.test('a socket that is not kept alive closes as soon as its answer is read to the end', async t => {
  await detects(t, { script: fixture('types', 'tcp-http-read-alone.mjs') })
})

t.test('a socket of an HTTP/2 session is named by the line that connected it until the session is closed', async t => {
  await detects(t, { script: fixture('types', 'tcp-http2.mjs') })
})
