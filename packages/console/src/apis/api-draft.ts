import { versionOf } from '@keyporter/sdk'
import { useQueryClient } from '@tanstack/react-query'
import { type Dispatch, useEffect, useReducer, useState } from 'react'
import { useActing } from '../api/acting.ts'
import type { Api } from './api.ts'
import { compareTables, rebaseDraft, type TableChanges } from './table-changes.ts'
import { changeDraft, type DraftChange, type DraftRow, toDraft } from './table-draft.ts'

/** The unsaved edits of an API's permission table. They are kept while the user switches tabs. */
export type ApiDraft = {
  /** The API on which the edits are based. */
  readonly base: Api
  readonly rows: readonly DraftRow[]
  readonly change: Dispatch<DraftChange>
  /** The changes that saving would make; undefined if there are none. */
  readonly changes: TableChanges | undefined
  /** Rebases the edits on a newer version of the API. */
  readonly adopt: (latest: Api) => void
  /** Restarts from a newer version of the API and discards the edits. */
  readonly start: (latest: Api) => void
}

/** Edits the permission table of an API. */
export function useApiDraft(loaded: Api): ApiDraft {
  const { scope } = useActing()
  const queries = useQueryClient()
  const [base, setBase] = useState(loaded)
  const [rows, change] = useReducer(changeDraft, loaded.permissions, toDraft)
  const changes = compareTables(base.permissions, rows)
  const begin = (latest: Api, next: readonly DraftRow[]): void => {
    queries.setQueryData([...scope, 'apis', 'get', latest.id], latest)
    setBase(latest)
    change({ kind: 'replace', rows: next })
  }
  const isNewer = versionOf(loaded) !== versionOf(base)
  useEffect(() => {
    // Another member's change replaces an untouched draft. If there are edits, saving reports the conflict.
    if (!isNewer || changes !== undefined) return
    setBase(loaded)
    change({ kind: 'replace', rows: toDraft(loaded.permissions) })
  }, [isNewer, changes, loaded])
  return {
    base,
    rows,
    change,
    changes,
    start: (latest) => begin(latest, toDraft(latest.permissions)),
    adopt: (latest) => begin(latest, rebaseDraft(base.permissions, rows, latest.permissions)),
  }
}
