import { type Kysely, sql } from 'kysely'

/** Renames the status reason of connections and its values to the names of the API. */
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
