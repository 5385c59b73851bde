// Adds credentials to the database of a stopped Keyporter: copies of an existing credential, each with its own
// ID, client ID and secret. Uses the server's sources; prints client IDs and secrets.
//
//   node --conditions=@keyporter/source add-credentials.ts <data directory> <credential id> <count>
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { generateClientId, generateId, generateSecret } from '@keyporter/protocol'
import { loadInstallationKeys } from '../../packages/server/src/encryption/installation-keys.ts'
import { openStore } from '../../packages/server/src/store/open.ts'

const [dataDirectory = '', templateId = '', count = ''] = process.argv.slice(2)
const { keyedDigest } = await readDigests()
const database = new DatabaseSync(join(dataDirectory, 'keyporter.sqlite'))
database.exec('pragma synchronous = off; begin')
const copyCredential = createRowCopier('credentials', {
  changed: ['id', 'client_id'],
  where: 'id',
})
const copySecret = createRowCopier('credential_secrets', {
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
  copySecret(generateId('sec', now, randomBytes), id, keyedDigest(clientSecret))
  return { clientId, clientSecret }
}

/** Decrypts the digest key with the server's own code. */
async function readDigests() {
  const store = await openStore({ kind: 'sqlite', directory: dataDirectory })
  const rootKey = { configured: undefined, previous: undefined, dataDirectory }
  const { digests } = await loadInstallationKeys(store, rootKey)
  await store.close()
  return digests
}

/**
 * Returns a function that copies a row. It receives the new values of the changed columns, in their
 * order.
 */
function createRowCopier(
  table: string,
  { changed, where }: { readonly changed: readonly string[]; readonly where: string },
) {
  const columns = database
    .prepare('select name from pragma_table_info(?)')
    .all(table)
    .map(({ name }) => String(name))
  const missing = changed.filter((name) => !columns.includes(name))
  if (missing.length > 0) throw new Error(`${table} lacks columns: ${missing.join()}`)
  const values = columns.map((name) =>
    changed.includes(name) ? `?${changed.indexOf(name) + 1}` : name,
  )
  const statement = database.prepare(
    `insert into ${table} (${columns.join()}) select ${values.join()} from ${table} where ${where} = ?${changed.length + 1}`,
  )
  return (...changedValues: string[]) => statement.run(...changedValues, templateId)
}
