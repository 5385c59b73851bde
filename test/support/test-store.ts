import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { openStore, type Store } from '../../packages/server/src/store/open.ts'
import { createMigratedDatabase } from './postgres.ts'
import { storeEngine } from './store-engine.ts'

/** An empty store of this run's engine for the tests of one file, without a server. */
export function useTestStore(): () => Store {
  let opened: { readonly store: Store; readonly discard: () => Promise<void> } | undefined
  beforeAll(async () => {
    opened = storeEngine() === 'postgres' ? await openOnPostgres() : await openOnSqlite()
  })
  afterAll(async () => {
    await opened?.store.close()
    await opened?.discard()
  })
  return () => {
    if (opened === undefined) throw new Error('The store opens before the first test.')
    return opened.store
  }
}

async function openOnSqlite() {
  const directory = mkdtempSync(join(tmpdir(), 'keyporter-store-'))
  return {
    store: await openStore({ kind: 'sqlite', directory }),
    discard: async () => rmSync(directory, { recursive: true, force: true }),
  }
}

async function openOnPostgres() {
  const database = await createMigratedDatabase()
  return {
    store: await openStore({ kind: 'postgres', url: database.url }),
    discard: () => database.drop(),
  }
}
