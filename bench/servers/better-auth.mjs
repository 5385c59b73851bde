// better-auth's api-key plugin behind one Fastify route, on SQLite (node:sqlite, a file in the given directory) or,
// without a directory, in memory mode. Rate limits are off; the default is ten requests a day.
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { apiKey } from '@better-auth/api-key'
import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { getMigrations } from 'better-auth/db/migration'
import fastify from 'fastify'
import { announce, CLIENTS, makePairs } from '../harness/clients.mjs'
import { basic, rawJson } from '../harness/raw-request.mjs'

const directory = process.argv[2]

const auth = betterAuth({
  baseURL: 'http://127.0.0.1',
  secret: 'a benchmark secret of at least 32 characters',
  database: directory === undefined ? memoryDatabase() : fileDatabase(directory),
  plugins: [apiKey({ rateLimit: { enabled: false } })],
  logger: { disabled: true },
  telemetry: { enabled: false },
})
if (directory !== undefined) await (await getMigrations(auth.options)).runMigrations()
const keys = await createKeys()

const app = fastify({ logger: false })
app.post('/verify', async (request, reply) => {
  const key = request.body.authorization.slice(7)
  const { valid, key: found } = await auth.api.verifyApiKey({ body: { key } })
  return reply.send({ valid, clientId: found?.id })
})
await app.listen({ host: '127.0.0.1', port: 0 })
const [caller] = makePairs()

announce({
  port: app.server.address().port,
  scenarios: {
    verify: {
      requests: keys.map((key) =>
        rawJson(
          { authorization: `Bearer ${key}` },
          { path: '/verify', authorization: basic(caller) },
        ),
      ),
      expectation: 'valid',
    },
  },
})
process.once('SIGTERM', () => process.exit(0))

function memoryDatabase() {
  return memoryAdapter({ user: [], session: [], account: [], verification: [], apikey: [] })
}

/** @param {string} folder */
function fileDatabase(folder) {
  const database = new DatabaseSync(join(folder, 'better-auth.sqlite'))
  // The fastest durable setting: with the default journal, every verification waits for the disk.
  database.exec('pragma journal_mode = wal; pragma synchronous = normal')
  return database
}

async function createKeys() {
  const { internalAdapter } = await auth.$context
  const user = await internalAdapter.createUser({ name: 'Bench', email: 'bench@example.com' })
  const made = []
  for (let index = 0; index < CLIENTS; index += 1) {
    const { key } = await auth.api.createApiKey({
      body: { userId: user.id, name: `key ${index}` },
    })
    made.push(key)
  }
  return made
}
