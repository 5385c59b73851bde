import { type Kysely, sql } from 'kysely'
import type { Engine } from './engine.ts'

/**
 * Creates the tables of integrations, connections, upstream tokens and encryption keys. Later migrations
 * rename some columns: `tables.ts` has the current names.
 */
export async function up(db: Kysely<never>, engine: Engine): Promise<void> {
  for (const statement of statements(engine)) await sql.raw(statement).execute(db)
}

function statements(engine: Engine): readonly string[] {
  const sorted = engine === 'sqlite' ? 'TEXT' : 'TEXT COLLATE "C"'
  return [
    `CREATE TABLE organization_keys (
      id TEXT PRIMARY KEY, organization_id TEXT NOT NULL, sealed_key TEXT,
      sealed_count BIGINT NOT NULL, created_at BIGINT NOT NULL, retired_at BIGINT, destroyed_at BIGINT)`,
    `CREATE UNIQUE INDEX organization_keys_present ON organization_keys (organization_id)
      WHERE retired_at IS NULL AND destroyed_at IS NULL`,
    `CREATE TABLE integrations (
      id TEXT PRIMARY KEY, organization_id TEXT NOT NULL REFERENCES organizations (id),
      name TEXT NOT NULL, name_key ${sorted} NOT NULL, notes TEXT NOT NULL, base_url TEXT NOT NULL,
      environment TEXT NOT NULL, organization_specific BIGINT NOT NULL, shared_fallback BIGINT NOT NULL,
      content_type TEXT NOT NULL, headers TEXT NOT NULL, sealed_headers TEXT, sealed_version BIGINT NOT NULL,
      auth TEXT NOT NULL, kind TEXT NOT NULL,
      created_at BIGINT NOT NULL, created_by_type TEXT NOT NULL, created_by_id TEXT, created_by_name TEXT NOT NULL,
      updated_at BIGINT NOT NULL, updated_by_type TEXT NOT NULL, updated_by_id TEXT, updated_by_name TEXT NOT NULL,
      version BIGINT NOT NULL)`,
    `CREATE INDEX integrations_created ON integrations (organization_id, created_at, id)`,
    `CREATE INDEX integrations_updated ON integrations (organization_id, updated_at, id)`,
    `CREATE INDEX integrations_name ON integrations (organization_id, name_key, id)`,
    `CREATE TABLE connections (
      id TEXT PRIMARY KEY, integration_id TEXT NOT NULL REFERENCES integrations (id),
      holder TEXT NOT NULL, organization_id TEXT NOT NULL REFERENCES organizations (id),
      kind TEXT NOT NULL, auth TEXT NOT NULL, secrets TEXT NOT NULL, headers TEXT NOT NULL,
      sealed TEXT, sealed_version BIGINT NOT NULL,
      status TEXT NOT NULL, attention TEXT, expires_at BIGINT, tested_at BIGINT,
      created_at BIGINT NOT NULL, created_by_type TEXT NOT NULL, created_by_id TEXT, created_by_name TEXT NOT NULL,
      updated_at BIGINT NOT NULL, updated_by_type TEXT NOT NULL, updated_by_id TEXT, updated_by_name TEXT NOT NULL,
      version BIGINT NOT NULL, UNIQUE (integration_id, holder))`,
    `CREATE INDEX connections_organization ON connections (organization_id)`,
    `CREATE TABLE upstream_tokens (
      connection_id TEXT PRIMARY KEY REFERENCES connections (id) ON DELETE CASCADE,
      organization_id TEXT NOT NULL, sealed_token TEXT, expires_at BIGINT, sealed_refresh TEXT,
      version BIGINT NOT NULL, claimed_by TEXT, claimed_until BIGINT NOT NULL, fetched_at BIGINT)`,
    `CREATE TABLE upstream_consents (
      digest TEXT PRIMARY KEY, connection_id TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
      organization_id TEXT NOT NULL, member_id TEXT, sealed_verifier TEXT NOT NULL,
      created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT)`,
    `CREATE INDEX upstream_consents_expires ON upstream_consents (expires_at)`,
  ]
}
