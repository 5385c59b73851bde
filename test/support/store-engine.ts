export type StoreEngine = 'sqlite' | 'postgres'

/** Returns the store engine of this test run. Default: SQLite. */
export function storeEngine(): StoreEngine {
  return process.env['KEYPORTER_TEST_STORE'] === 'postgres' ? 'postgres' : 'sqlite'
}
