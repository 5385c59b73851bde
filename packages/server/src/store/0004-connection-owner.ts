import { type Kysely, sql } from 'kysely'

/** Names the owner of a connection and the encrypted columns of `stored` by the standard terms. */
export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  'ALTER TABLE connections RENAME COLUMN holder TO owner',
  'ALTER TABLE connections RENAME COLUMN sealed TO encrypted_secrets',
  'ALTER TABLE connections RENAME COLUMN sealed_version TO secrets_version',
  'ALTER TABLE integrations RENAME COLUMN sealed_headers TO encrypted_headers',
  'ALTER TABLE integrations RENAME COLUMN sealed_version TO headers_version',
  'ALTER TABLE upstream_tokens RENAME COLUMN sealed_token TO encrypted_token',
  'ALTER TABLE upstream_tokens RENAME COLUMN sealed_refresh TO encrypted_refresh_token',
  'ALTER TABLE upstream_consents RENAME COLUMN sealed_verifier TO encrypted_verifier',
]
