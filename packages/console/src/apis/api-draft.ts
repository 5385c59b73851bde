import { versionOf } from '@keyporter/sdk'
import { useQueryClient } from '@tanstack/react-query'
import { type Dispatch, useEffect, useReducer, useState } from 'react'
import { useActing } from '../api/acting.ts'
import type { Api } from './api.ts'
import { compareTables, rebaseDraft, type TableChanges } from './table-changes.ts'
import { changeDraft, type DraftChange, type DraftRow, toDraft } from './table-draft.ts'

/** The permission table of an api while it is edited, from tab to tab. */
export type ApiDraft = {
  /** The api as it was when the editing began. */
  readonly base: Api
  readonly rows: readonly DraftRow[]
  readonly change: Dispatch<DraftChange>
  /** What saving would change; undefined when nothing. */
  readonly changes: TableChanges | undefined
  /** Takes the api as it stands now, and lays what was typed over it. */
  readonly adopt: (latest: Api) => void
  /** Takes the api as it stands now, and drops what was typed. */
  readonly start: (latest: Api) => void
}

/** Edits the permission table of an api, from how it was loaded last. */
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
    // What somebody else saved shows at once, unless something was typed: then saving says who was first.
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
