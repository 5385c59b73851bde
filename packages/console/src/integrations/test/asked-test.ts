type Asked = { readonly id: string; readonly path: string; readonly runs: boolean }

let asked: Asked | undefined

/** Remembers, for the next page, that a test was asked for: an address alone never starts one. */
export function askTest(id: string, path: string): void {
  asked = { id, path, runs: true }
}

/** The path to test an integration with, and whether the test was asked for just now. */
export function askedTest(id: string): Pick<Asked, 'path' | 'runs'> {
  return asked?.id === id ? asked : { path: '/', runs: false }
}

/** The path that was tested last is the one that is offered next. */
export function keepTestPath(id: string, path: string): void {
  asked = { id, path, runs: false }
}
