export type Store = 'sqlite' | 'postgres'

/** Returns the store engine of this test run. Default: SQLite. */
export function testStore(): Store {
  return process.env['KEYPORTER_TEST_STORE'] === 'postgres' ? 'postgres' : 'sqlite'
}
