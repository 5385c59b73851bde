import { type Kysely, sql } from 'kysely'
import type { Engine } from './engine.ts'

/**
 * Creates the tables of organizations, members, APIs, issued credentials, tokens, audit, usage and
 * changes. Later migrations rename some of them and their columns: `tables.ts` has the current names.
 */
export async function up(db: Kysely<never>, engine: Engine): Promise<void> {
  for (const statement of statements(engine)) await sql.raw(statement).execute(db)
}

function statements(engine: Engine): readonly string[] {
  // In SQLite only the type INTEGER makes the column an alias of the ascending rowid.
  const serial =
    engine === 'sqlite'
      ? 'INTEGER PRIMARY KEY AUTOINCREMENT'
      : 'BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY'
  // SQLite sorts by bytes; PostgreSQL sorts by the locale of the database without COLLATE.
  const sorted = engine === 'sqlite' ? 'TEXT' : 'TEXT COLLATE "C"'
  // For tables with lookups by primary key only: without a rowid SQLite needs one search instead of
  // two.
  const byKey = engine === 'sqlite' ? ' WITHOUT ROWID' : ''
  return [
    `CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL)`,
    `CREATE TABLE organizations (
      id TEXT PRIMARY KEY, name TEXT NOT NULL, slug TEXT NOT NULL UNIQUE, operator BIGINT NOT NULL,
      features TEXT NOT NULL, policy TEXT NOT NULL,
      created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, version BIGINT NOT NULL)`,
    `CREATE UNIQUE INDEX organizations_operator ON organizations (operator) WHERE operator = 1`,
    `CREATE TABLE members (
      id TEXT PRIMARY KEY, organization_id TEXT NOT NULL REFERENCES organizations (id),
      email TEXT NOT NULL, name TEXT NOT NULL, privileges TEXT NOT NULL, password_hash TEXT,
      preferences TEXT NOT NULL, totp_enabled_at BIGINT,
      deactivated_at BIGINT, last_signed_in_at BIGINT,
      created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, version BIGINT NOT NULL,
      UNIQUE (organization_id, email))`,
    `CREATE INDEX members_email ON members (email)`,
    `CREATE TABLE one_time_codes (
      digest TEXT PRIMARY KEY, purpose TEXT NOT NULL, member_id TEXT REFERENCES members (id),
      organization_id TEXT REFERENCES organizations (id),
      created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT)`,
    `CREATE TABLE totp_secrets (
      member_id TEXT PRIMARY KEY REFERENCES members (id), organization_id TEXT NOT NULL,
      sealed_secret TEXT, last_step BIGINT NOT NULL,
      sealed_pending TEXT, pending_expires_at BIGINT NOT NULL)`,
    `CREATE TABLE recovery_codes (
      digest TEXT PRIMARY KEY, member_id TEXT NOT NULL REFERENCES members (id),
      organization_id TEXT NOT NULL, created_at BIGINT NOT NULL, used_at BIGINT)`,
    `CREATE INDEX recovery_codes_member ON recovery_codes (member_id)`,
    `CREATE TABLE sessions (
      id TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE,
      member_id TEXT NOT NULL REFERENCES members (id), organization_id TEXT NOT NULL,
      ip TEXT NOT NULL, user_agent TEXT NOT NULL,
      created_at BIGINT NOT NULL, last_seen_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, ended_at BIGINT)`,
    `CREATE INDEX sessions_member ON sessions (member_id)`,
    `CREATE TABLE apis (
      id TEXT PRIMARY KEY, organization_id TEXT NOT NULL REFERENCES organizations (id),
      slug TEXT NOT NULL UNIQUE, name TEXT NOT NULL, identifier TEXT NOT NULL UNIQUE,
      built_in BIGINT NOT NULL, permissions TEXT NOT NULL, operations TEXT NOT NULL,
      token_ttl_seconds BIGINT NOT NULL, signing_algorithm TEXT NOT NULL, granted_to TEXT,
      created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, version BIGINT NOT NULL)`,
    `CREATE TABLE credentials (
      id TEXT PRIMARY KEY, organization_id TEXT NOT NULL REFERENCES organizations (id),
      api_id TEXT NOT NULL REFERENCES apis (id), client_id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL, name_key ${sorted} NOT NULL, notes TEXT NOT NULL,
      environment TEXT NOT NULL, kind TEXT NOT NULL,
      permissions TEXT NOT NULL, created_at BIGINT NOT NULL,
      created_by_type TEXT NOT NULL, created_by_id TEXT, created_by_name TEXT NOT NULL,
      updated_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, suspended_at BIGINT, revoked_at BIGINT,
      revoked_by_type TEXT, revoked_by_id TEXT, revoked_by_name TEXT, revoked_reason TEXT,
      version BIGINT NOT NULL)`,
    // Covering indexes: the columns that determine the status and the usual filters are included,
    // so that filtering and counting read no rows.
    `CREATE INDEX credentials_created ON credentials
      (organization_id, created_at, id, revoked_at, suspended_at, expires_at, environment, kind, api_id)`,
    `CREATE INDEX credentials_creator ON credentials
      (organization_id, created_by_id, created_at, id)`,
    `CREATE INDEX credentials_revoked ON credentials (organization_id, created_at, id)
      WHERE revoked_at IS NOT NULL`,
    `CREATE INDEX credentials_suspended ON credentials (organization_id, created_at, id)
      WHERE revoked_at IS NULL AND suspended_at IS NOT NULL`,
    `CREATE INDEX credentials_name ON credentials
      (organization_id, name_key, id, revoked_at, suspended_at, expires_at)`,
    `CREATE INDEX credentials_expires ON credentials
      (organization_id, expires_at, id, revoked_at, suspended_at)`,
    `CREATE TABLE credential_secrets (
      id TEXT PRIMARY KEY, credential_id TEXT NOT NULL REFERENCES credentials (id),
      organization_id TEXT NOT NULL, digest TEXT NOT NULL UNIQUE, hint TEXT NOT NULL,
      created_at BIGINT NOT NULL, expires_at BIGINT, revoked_at BIGINT)`,
    `CREATE INDEX credential_secrets_credential ON credential_secrets (credential_id)`,
    `CREATE TABLE last_uses (
      subject_id TEXT PRIMARY KEY, organization_id TEXT NOT NULL, at BIGINT NOT NULL, ip TEXT NOT NULL)${byKey}`,
    `CREATE INDEX last_uses_at ON last_uses (organization_id, at, subject_id)`,
    `CREATE TABLE usage_counters (
      credential_id TEXT NOT NULL, organization_id TEXT NOT NULL, hour BIGINT NOT NULL,
      outcome TEXT NOT NULL, permission TEXT NOT NULL, count BIGINT NOT NULL,
      PRIMARY KEY (credential_id, hour, outcome, permission))`,
    `CREATE INDEX usage_counters_hour ON usage_counters (hour)`,
    // Partial index for the credentials of an organization with recent rejected requests; most requests
    // are not rejected.
    `CREATE INDEX usage_counters_refused ON usage_counters (organization_id, hour, credential_id, count)
      WHERE permission = '' AND outcome NOT IN ('valid', 'token_issued')`,
    `CREATE TABLE signing_keys (
      kid TEXT PRIMARY KEY, algorithm TEXT NOT NULL, public_jwk TEXT NOT NULL, sealed_private_key TEXT,
      created_at BIGINT NOT NULL, activates_at BIGINT NOT NULL, destroyed_at BIGINT)`,
    `CREATE TABLE revoked_tokens (
      jti TEXT PRIMARY KEY, credential_id TEXT NOT NULL, organization_id TEXT NOT NULL,
      revoked_at BIGINT NOT NULL, expires_at BIGINT NOT NULL)`,
    `CREATE INDEX revoked_tokens_expires ON revoked_tokens (expires_at)`,
    `CREATE TABLE audit_events (
      organization_id TEXT NOT NULL, sequence BIGINT NOT NULL, id TEXT NOT NULL UNIQUE, at BIGINT NOT NULL,
      action TEXT NOT NULL, actor_type TEXT NOT NULL, actor_id TEXT, actor_name TEXT NOT NULL,
      target_type TEXT NOT NULL, target_id TEXT, target_name TEXT NOT NULL,
      outcome TEXT NOT NULL, reason TEXT, ip TEXT, request_id TEXT, changes TEXT NOT NULL,
      previous_hash TEXT NOT NULL, hash TEXT NOT NULL, seal TEXT NOT NULL,
      PRIMARY KEY (organization_id, sequence))`,
    `CREATE INDEX audit_events_at ON audit_events (organization_id, at, sequence)`,
    `CREATE INDEX audit_events_action ON audit_events (organization_id, action, at, sequence)`,
    `CREATE INDEX audit_events_actor ON audit_events (organization_id, actor_id, at, sequence)`,
    `CREATE INDEX audit_events_target ON audit_events (organization_id, target_id, at, sequence)`,
    `CREATE INDEX audit_events_outcome ON audit_events (organization_id, outcome, at, sequence)`,
    `CREATE TABLE audit_heads (
      organization_id TEXT PRIMARY KEY, sequence BIGINT NOT NULL, hash TEXT NOT NULL, seal TEXT NOT NULL)`,
    `CREATE TABLE changes (
      seq ${serial}, kind TEXT NOT NULL, organization_id TEXT NOT NULL, subject_id TEXT NOT NULL, at BIGINT NOT NULL)`,
    `CREATE INDEX changes_at ON changes (at)`,
    `CREATE TABLE idempotency_keys (
      principal TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, status BIGINT, body TEXT,
      created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, PRIMARY KEY (principal, key))`,
    `CREATE INDEX idempotency_keys_expires ON idempotency_keys (expires_at)`,
  ]
}
