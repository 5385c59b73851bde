import { type Kysely, sql } from 'kysely'
import { up as foundation } from './0001-foundation.ts'
import { up as storedCredentials } from './0002-stored-credentials.ts'
import { up as statusReason } from './0003-status-reason.ts'
import { up as connectionOwner } from './0004-connection-owner.ts'
import { up as encryptedColumns } from './0005-encrypted-columns.ts'
import { up as standardNames } from './0006-standard-names.ts'
import { up as idempotencyClaims } from './0007-idempotency-claims.ts'
import type { Engine } from './engine.ts'
import type { Tables } from './tables.ts'

type Migration = (db: Kysely<never>, engine: Engine) => Promise<void>

/** The migrations, forward only. The position in the list, from 1, is the schema version. */
const migrations: readonly Migration[] = [
  foundation,
  storedCredentials,
  statusReason,
  connectionOwner,
  encryptedColumns,
  standardNames,
  idempotencyClaims,
]

/** The schema version of this release. */
export const schemaVersion = migrations.length

/**
 * Migrates the schema to the current version. Each migration is a transaction, so an interrupted
 * run resumes.
 *
 * @param underLock runs the migrations while no other node migrates
 * @throws {Error} when the schema is newer than this release
 */
export async function migrate(
  db: Kysely<Tables>,
  engine: Engine,
  underLock: (work: () => Promise<void>) => Promise<void>,
): Promise<void> {
  if ((await readVersion(db)) === schemaVersion) return
  await underLock(async () => {
    await sql`create table if not exists schema_versions (version bigint primary key, applied_at bigint not null)`.execute(
      db,
    )
    const current = (await readVersion(db)) ?? 0
    if (current > schemaVersion) {
      throw new Error(
        `The database has schema version ${current}; this release supports up to ${schemaVersion}. Use a newer release of Keyporter.`,
      )
    }
    for (let version = current + 1; version <= schemaVersion; version += 1)
      await apply(db, engine, version)
  })
}

async function apply(db: Kysely<Tables>, engine: Engine, version: number): Promise<void> {
  const migration = migrations[version - 1]
  if (migration === undefined) throw new TypeError(`No migration ${version}`)
  await db.transaction().execute(async (tx) => {
    // safe because migrations use raw SQL and no table types
    await migration(tx as unknown as Kysely<never>, engine)
    await sql`insert into schema_versions (version, applied_at) values (${version}, ${Date.now()})`.execute(
      tx,
    )
  })
}

async function readVersion(db: Kysely<Tables>): Promise<number | undefined> {
  try {
    const { rows } = await sql<{
      version: number | null
    }>`select max(version) as version from schema_versions`.execute(db)
    return rows[0]?.version ?? undefined
  } catch (cause) {
    if (isMissingTable(cause)) return undefined
    throw cause
  }
}

function isMissingTable(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false
  return cause.message.includes('no such table') || ('code' in cause && cause.code === '42P01')
}
