import { useState } from 'react'

/** The columns that can be hidden: all except name and status. */
export const optionalColumns = ['permissions', 'lastUsed', 'expires', 'created'] as const
export type OptionalColumn = (typeof optionalColumns)[number]

const KEY = 'keyporter.credentials.hidden'

/** Returns the visible columns, which are stored in this browser. */
export function useShownColumns(): readonly [
  readonly OptionalColumn[],
  (shown: readonly string[]) => void,
] {
  const [hidden, setHidden] = useState(readHidden)
  const choose = (shown: readonly string[]): void => {
    const next = optionalColumns.filter((column) => !shown.includes(column))
    setHidden(next)
    try {
      localStorage.setItem(KEY, next.join(' '))
    } catch {
      // Storage is blocked: all columns return on the next page load.
    }
  }
  return [optionalColumns.filter((column) => !hidden.includes(column)), choose]
}

function readHidden(): readonly OptionalColumn[] {
  try {
    const kept = (localStorage.getItem(KEY) ?? '').split(' ')
    return optionalColumns.filter((column) => kept.includes(column))
  } catch {
    return []
  }
}
