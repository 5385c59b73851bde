export type Store = 'sqlite' | 'postgres'

/** The store that this run of the suite is on. Without the test runner's word it is SQLite. */
export function testStore(): Store {
  return process.env['KEYPORTER_TEST_STORE'] === 'postgres' ? 'postgres' : 'sqlite'
}
