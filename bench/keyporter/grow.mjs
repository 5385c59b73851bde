// Adds credentials to the database of a stopped Keyporter: copies of an existing credential, each with its own
// ID, client ID and secret. Uses the server's sources; prints client IDs and secrets.
//
//   node --conditions=@keyporter/source grow.mjs <data directory> <credential id> <count>
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { generateClientId, generateId, generateSecret } from '@keyporter/protocol'
import { openInstallationKeys } from '../../packages/server/src/encryption/installation-keys.ts'
import { openStore } from '../../packages/server/src/store/open.ts'

const [dataDirectory, templateId, count] = process.argv.slice(2)
const digests = await readDigests()
const database = new DatabaseSync(join(dataDirectory, 'keyporter.sqlite'))
database.exec('pragma synchronous = off; begin')
const copyCredential = copier('credentials', {
  changed: ['id', 'client_id'],
  where: 'id',
})
const copySecret = copier('credential_secrets', {
  changed: ['id', 'credential_id', 'digest'],
  where: 'credential_id',
})
const pairs = Array.from({ length: Number(count) }, addCredential)
database.exec('commit')
database.close()
process.stdout.write(`${JSON.stringify(pairs)}\n`)

function addCredential() {
  const now = Date.now()
  const environment = 'production'
  const clientId = generateClientId({ environment, randomBytes })
  const clientSecret = generateSecret({ prefix: 'kp', environment, randomBytes })
  const id = generateId('cred', now, randomBytes)
  copyCredential(id, clientId)
  copySecret(generateId('sec', now, randomBytes), id, digests.digest(clientSecret))
  return { clientId, clientSecret }
}

/** Decrypts the digest key with the server's own code. */
async function readDigests() {
  const store = await openStore({ kind: 'sqlite', directory: dataDirectory })
  const keys = await openInstallationKeys(store, { configured: undefined, dataDirectory })
  await store.close()
  return keys.digests
}

/**
 * Copies a row with all its columns, except those in `changed`.
 *
 * @param {string} table
 * @param {{ changed: string[], where: string }} options
 */
function copier(table, { changed, where }) {
  const columns = database
    .prepare('select name from pragma_table_info(?)')
    .all(table)
    .map(({ name }) => String(name))
  const order = changed.map((name) => columns.indexOf(name))
  if (order.includes(-1)) throw new Error(`${table} has no such columns: ${changed.join()}`)
  const values = columns.map((name) =>
    changed.includes(name) ? `?${changed.indexOf(name) + 1}` : name,
  )
  const statement = database.prepare(
    `insert into ${table} (${columns.join()}) select ${values.join()} from ${table} where ${where} = ?${changed.length + 1}`,
  )
  return (/** @type {string[]} */ ...given) => statement.run(...given, templateId)
}
