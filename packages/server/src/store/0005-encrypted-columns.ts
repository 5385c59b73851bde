import { type Kysely, sql } from 'kysely'

/** Renames the encrypted columns of keys and TOTP secrets to the standard terms. */
export async function up(db: Kysely<never>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

const statements = [
  'ALTER TABLE signing_keys RENAME COLUMN sealed_private_key TO encrypted_private_key',
  'ALTER TABLE organization_keys RENAME COLUMN sealed_key TO encrypted_key',
  'ALTER TABLE organization_keys RENAME COLUMN sealed_count TO encryption_count',
  'ALTER TABLE totp_secrets RENAME COLUMN sealed_secret TO encrypted_secret',
  'ALTER TABLE totp_secrets RENAME COLUMN sealed_pending TO encrypted_pending_secret',
]
