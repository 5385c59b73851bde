import { type Kysely, sql } from 'kysely'

/** Names the reason for the status of a connection as the API does. */
export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  'ALTER TABLE connections RENAME COLUMN attention TO status_reason',
  `UPDATE connections SET status_reason = CASE status_reason
      WHEN 'values_missing' THEN 'credentials_missing'
      WHEN 'refused' THEN 'rejected'
      WHEN 'consent_needed' THEN 'consent_required'
      WHEN 'unreadable' THEN 'undecryptable'
      ELSE status_reason END
    WHERE status_reason IS NOT NULL`,
]
