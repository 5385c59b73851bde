import { type Kysely, sql } from 'kysely'

/** The attempt that claimed an idempotency key, and the resource that it has changed. */
export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  `ALTER TABLE idempotency_keys ADD COLUMN claimant TEXT NOT NULL DEFAULT ''`,
  'ALTER TABLE idempotency_keys ADD COLUMN target_id TEXT',
]
