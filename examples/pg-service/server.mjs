// Orders over HTTP, from PostgreSQL (PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE). It leaks: see README.md.
import { createServer } from 'node:http'
import pg from 'pg'
import { scope } from 'leakwatch'
import { watchPool } from 'leakwatch/pg'

const pool = watchPool(new pg.Pool({ max: 3 }), { heldMs: Number(process.env.HELD_MS ?? 5_000) })
await pool.query('create table if not exists orders (id int primary key, name text)')
await pool.query("insert into orders values (1, 'tea') on conflict do nothing")

const routes = {
  'GET /orders': listOrders,
  'GET /orders/:id': findOrder,
}

async function listOrders() {
  const { rows } = await pool.query('select id, name from orders order by id')
  return rows
}

async function findOrder(id) {
  const client = await pool.connect()
  const { rows: [order] } = await client.query('select id, name from orders where id = $1', [id])
  if (order === undefined) throw Object.assign(new Error('no such order'), { status: 404 })
  client.release()
  return order
}

// A scope for each request: what leaks in it is reported with its route.
const server = createServer((request, response) => {
  const [, collection, id] = request.url.split('/')
  const route = `${request.method} /${collection}${id === undefined ? '' : '/:id'}`
  scope(route, () => answer(routes[route], id, response))
})

async function answer(handle, id, response) {
  try {
    if (handle === undefined) throw Object.assign(new Error('no such route'), { status: 404 })
    response.end(`${JSON.stringify(await handle(id))}\n`)
  } catch ({ status = 500, message }) {
    response.writeHead(status).end(`${message}\n`)
  }
}

process.once('SIGTERM', () => {
  server.close(() => process.exit())
  server.closeIdleConnections()
})
server.listen(Number(process.env.PORT ?? 3_000), '127.0.0.1', () => console.log(`listening on ${server.address().port}`))
