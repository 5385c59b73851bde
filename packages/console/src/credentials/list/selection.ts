import { useState } from 'react'
import type { Credential } from '../credential.ts'

/** The selected credentials. */
export type Selection = {
  readonly selected: readonly Credential[]
  readonly isPageSelected: boolean
  readonly isSelectable: (credential: Credential) => boolean
  readonly isSelected: (credential: Credential) => boolean
  readonly toggle: (credential: Credential) => void
  readonly togglePage: () => void
  /** Replaces the selection, also with credentials of other pages. */
  readonly put: (credentials: readonly Credential[]) => void
  readonly clear: () => void
}

type Chosen = { readonly list: string; readonly credentials: readonly Credential[] }

/**
 * Manages the selection of a list.
 *
 * @param list key of the list and its page; a new key clears the selection
 */
export function useSelection(list: string, rows: readonly Credential[]): Selection {
  const [chosen, setChosen] = useState<Chosen>({ list, credentials: [] })
  const selected = chosen.list === list ? chosen.credentials : []
  const put = (credentials: readonly Credential[]): void => setChosen({ list, credentials })
  const isSelected = ({ id }: Credential): boolean => selected.some((one) => one.id === id)
  const selectable = rows.filter(isSelectable)
  const isPageSelected = selectable.length > 0 && selectable.every(isSelected)
  return {
    selected,
    isPageSelected,
    isSelectable,
    isSelected,
    toggle: (credential) =>
      put(
        isSelected(credential)
          ? selected.filter(({ id }) => id !== credential.id)
          : [...selected, credential],
      ),
    togglePage: () => put(isPageSelected ? [] : selectable),
    put,
    clear: () => put([]),
  }
}

/** Revoked credentials have no bulk actions. */
export function isSelectable({ status }: Credential): boolean {
  return status !== 'revoked'
}
