import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { TestContext } from 'vitest'

export interface TestDatabase {
  readonly url: string
  drop(): Promise<void>
}

/** Skips the test, with the reason, where no PostgreSQL is provided. */
export function requirePostgres(ctx: TestContext): void {
  ctx.skip(maintenanceUrl() === undefined, 'no PostgreSQL is provided: see TEST_DATABASE_URL')
}

/**
 * A new, empty database on the server that TEST_DATABASE_URL names. `drop` ends the connections that
 * are still open to it.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const maintenance = maintenanceUrl()
  if (maintenance === undefined) throw new Error('TEST_DATABASE_URL is not set: requirePostgres')
  const name = `keyporter_test_${randomBytes(8).toString('hex')}`
  // Without a word on the strategy PostgreSQL copies through its log: 20 ms here, and 450 ms to create
  // and drop when it copies files.
  await execute(maintenance, `create database ${name} template template0`)
  const url = new URL(maintenance)
  url.pathname = `/${name}`
  return {
    url: url.href,
    drop: () => execute(maintenance, `drop database if exists ${name} with (force)`),
  }
}

function maintenanceUrl(): string | undefined {
  return process.env['TEST_DATABASE_URL'] || undefined
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
