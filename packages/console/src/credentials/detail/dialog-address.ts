type Search = Record<string, unknown>

/** The same page with a dialog open, or with none. */
export function dialogAt(dialog: string | undefined, more: Search = {}) {
  return {
    to: '.',
    search: (before: Search): Search => ({ ...before, names: undefined, ...more, dialog }),
  }
}
