type Asked = { readonly id: string; readonly path: string; readonly runs: boolean }

let asked: Asked | undefined

/** Requests a test on the next page. Kept in memory, so that a URL alone never starts a test. */
export function requestTest(id: string, path: string): void {
  asked = { id, path, runs: true }
}

/** Returns the test path of an integration, and whether a test was requested. */
export function requestedTest(id: string): Pick<Asked, 'path' | 'runs'> {
  return asked?.id === id ? asked : { path: '/', runs: false }
}

/** Stores the last test path as the next default. */
export function keepTestPath(id: string, path: string): void {
  asked = { id, path, runs: false }
}
