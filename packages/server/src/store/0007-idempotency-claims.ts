import { type Kysely, sql } from 'kysely'

/** Adds the claimant of an idempotency key and the ID of the changed resource. */
export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `ALTER TABLE idempotency_keys ADD COLUMN claimant TEXT NOT NULL DEFAULT ''`,
  'ALTER TABLE idempotency_keys ADD COLUMN target_id TEXT',
]
