import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import { schemaVersion } from '../../packages/server/src/store/migrate.ts'
import { openStore, type Store } from '../../packages/server/src/store/open.ts'
import { createTestDatabase } from '../support/postgres.ts'
import { runSql } from '../support/raw-sql.ts'
import { storeEngine } from '../support/store-engine.ts'
import { type DataLocation, readRows, readTables } from '../support/tables.ts'
import { insertConnectionRow } from '../support/upstream-token-node.ts'

// Interrupted migrations are completed, and newer schemas are not changed.

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanUp of cleanups.splice(0).toReversed()) await cleanUp()
})

async function newLocation(): Promise<DataLocation> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'keyporter-migrations-'))
  cleanups.push(() => rmSync(dataDirectory, { recursive: true, force: true }))
  if (storeEngine() === 'sqlite') return { dataDirectory, databaseUrl: undefined }
  const database = await createTestDatabase()
  cleanups.push(() => database.drop())
  return { dataDirectory, databaseUrl: database.url }
}

const open = ({ dataDirectory, databaseUrl }: DataLocation): Promise<Store> =>
  openStore(
    databaseUrl === undefined
      ? { kind: 'sqlite', directory: dataDirectory }
      : { kind: 'postgres', url: databaseUrl },
  )

async function openAndClose(location: DataLocation): Promise<void> {
  const store = await open(location)
  await store.close()
}

const versions = async (location: DataLocation) =>
  (await readRows(location, 'select version from schema_versions order by version')).map(
    ({ version }) => Number(version),
  )
/** Begins a transaction and exits before its end. */
async function leaveUnfinished(location: DataLocation, statement: string): Promise<void> {
  if (location.databaseUrl === undefined) {
    const database = new DatabaseSync(join(location.dataDirectory, 'keyporter.sqlite'))
    database.exec(`begin; ${statement}`)
    database.close()
    return
  }
  const client = new pg.Client({ connectionString: location.databaseUrl })
  await client.connect()
  await client.query('begin')
  await client.query(statement)
  await client.end()
}
const VERSIONS_TABLE =
  'create table schema_versions (version bigint primary key, applied_at bigint not null)'
/** Reverts versions 4 to 7. */
const BEFORE_VERSION_4 = [
  'alter table idempotency_keys drop column claimant',
  'alter table idempotency_keys drop column target_id',
  'alter table audit_heads rename column mac to seal',
  'alter table audit_events rename column mac to seal',
  `update link_codes set purpose = 'join' where purpose = 'invitation'`,
  'alter table link_codes rename to one_time_codes',
  'alter table signing_keys rename column encrypted_private_key to sealed_private_key',
  'alter table organization_keys rename column encrypted_key to sealed_key',
  'alter table organization_keys rename column encryption_count to sealed_count',
  'alter table totp_secrets rename column encrypted_secret to sealed_secret',
  'alter table totp_secrets rename column encrypted_pending_secret to sealed_pending',
  'alter table connections rename column owner to holder',
  'alter table connections rename column encrypted_secrets to sealed',
  'alter table connections rename column secrets_version to sealed_version',
  'alter table integrations rename column encrypted_headers to sealed_headers',
  'alter table integrations rename column headers_version to sealed_version',
  'alter table upstream_tokens rename column encrypted_token to sealed_token',
  'alter table upstream_tokens rename column encrypted_refresh_token to sealed_refresh',
  'alter table upstream_consents rename column encrypted_verifier to sealed_verifier',
]
const all = Array.from({ length: schemaVersion }, (_, index) => index + 1)

describe('does', () => {
  it('an empty database gets the complete schema, once', async () => {
    const location = await newLocation()
    await openAndClose(location)
    expect(await versions(location)).toEqual(all)
    const before = await readTables(location)
    await openAndClose(location)
    expect(await readTables(location)).toEqual(before)
  })

  it('a start that was interrupted before its first migration is resumed', async () => {
    const location = await newLocation()
    await runSql(location, VERSIONS_TABLE)
    await openAndClose(location)
    expect(await versions(location)).toEqual(all)
  })

  it('a migration that was interrupted leaves no changes, and runs again', async () => {
    const location = await newLocation()
    await runSql(location, VERSIONS_TABLE)
    await leaveUnfinished(location, 'create table settings (name text)')
    expect(Object.keys(await readTables(location))).toEqual(['schema_versions'])
    await openAndClose(location)
    expect(await versions(location)).toEqual(all)
  })

  it('a migration that fails leaves the database unchanged', async () => {
    const location = await newLocation()
    await runSql(location, 'create table changes (theirs text)')
    await expect(open(location)).rejects.toThrow(/changes/)
    expect(await versions(location)).toEqual([])
    expect(Object.keys(await readTables(location))).toEqual(['changes', 'schema_versions'])
    await runSql(location, 'drop table changes')
    await openAndClose(location)
    expect(await versions(location)).toEqual(all)
  })
})

describe('version 3', () => {
  it('renames the status reasons of connections and keeps every other row', async () => {
    const location = await newLocation()
    const store = await open(location)
    const reasons = ['values_missing', 'refused', 'consent_needed', 'unreadable']
    for (const reason of [...reasons, 'none']) await insertConnectionRow(store, reason)
    await store.close()
    await runSql(
      location,
      ...BEFORE_VERSION_4,
      'alter table connections rename column status_reason to attention',
      `update connections set attention = id where id <> 'none'`,
      'delete from schema_versions where version >= 3',
    )

    await openAndClose(location)

    const rows = await readRows(location, 'select id, status_reason from connections order by id')
    expect(rows.map(({ id, status_reason }) => [id, status_reason])).toEqual([
      ['consent_needed', 'consent_required'],
      ['none', null],
      ['refused', 'rejected'],
      ['unreadable', 'undecryptable'],
      ['values_missing', 'credentials_missing'],
    ])
    expect(await versions(location)).toEqual(all)
  })
})

describe('versions 4 to 7', () => {
  it('rename tables and columns, add columns, and keep every row', async () => {
    const location = await newLocation()
    const store = await open(location)
    await insertConnectionRow(store, 'conn_1')
    await store.close()
    const before = await readTables(location)
    await runSql(location, ...BEFORE_VERSION_4, 'delete from schema_versions where version >= 4')

    await openAndClose(location)

    const { schema_versions: appliedAgain, ...rows } = await readTables(location)
    const { schema_versions: applied, ...rowsBefore } = before
    expect(rows).toEqual(rowsBefore)
    expect(appliedAgain).toHaveLength(applied?.length ?? 0)
    expect(await versions(location)).toEqual(all)
  })
})

describe('rejects', () => {
  it('a newer schema with an error message, and does not change it', async () => {
    const location = await newLocation()
    await openAndClose(location)
    const newer = schemaVersion + 1
    await runSql(location, `insert into schema_versions values (${newer}, 0)`)
    const before = await readTables(location)
    await expect(open(location)).rejects.toThrow(
      `The database has schema version ${newer}; this release supports up to ${schemaVersion}. Use a newer release of Keyporter.`,
    )
    expect(await readTables(location)).toEqual(before)
  })
})
