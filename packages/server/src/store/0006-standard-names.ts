import { type Kysely, sql } from 'kysely'

/** Renames the table of link codes and the MAC columns of the audit log to the standard terms. */
export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  'ALTER TABLE one_time_codes RENAME TO link_codes',
  `UPDATE link_codes SET purpose = 'invitation' WHERE purpose = 'join'`,
  'ALTER TABLE audit_events RENAME COLUMN seal TO mac',
  'ALTER TABLE audit_heads RENAME COLUMN seal TO mac',
]
