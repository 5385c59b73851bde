// Provides PostgreSQL for the tests: the server of TEST_DATABASE_URL, or a server that is started for this run.

import { removeAbandonedServers } from './abandoned-postgres.mjs'
import { findPostgres } from './postgres-binaries.mjs'
import { startPostgres } from './postgres-server.mjs'

/**
 * @typedef {object} Postgres
 * @property {string} url           of the superuser, for the maintenance database
 * @property {string} description
 * @property {() => Promise<void>} stop
 *
 * @returns {Promise<Postgres | { reason: string }>}
 */
export async function providePostgres() {
  const url = process.env.TEST_DATABASE_URL
  if (url) return { url, description: 'as TEST_DATABASE_URL says', stop: async () => {} }
  await removeAbandonedServers()
  const found = findPostgres()
  return 'reason' in found ? found : startPostgres(found)
}
