import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useActing } from '../../api/acting.ts'
import { useDialogUrl } from '../../components/dialog-url.ts'
import type { Credential } from '../credential.ts'
import type { Selection } from './selection.ts'

// Loaded on first use, to keep the list small.
const RevokeDialog = lazy(async () => ({
  default: (await import('../revoke-dialog.tsx')).RevokeDialog,
}))
const BulkRevokeDialog = lazy(async () => ({
  default: (await import('./bulk/bulk-revoke-dialog.tsx')).BulkRevokeDialog,
}))

/** The open dialog of the list, and the result of the last one. */
export type Dialogs = {
  /** The credential to revoke. */
  readonly targetId: string | undefined
  readonly isBulk: boolean
  readonly askRevoke: (credential: Credential) => void
  readonly askRevokeSelected: () => void
  readonly close: () => void
  /** The credential revoked last. Its row may have left the list. */
  readonly revoked: Credential | undefined
  readonly setRevoked: (credential: Credential) => void
  readonly clearRevoked: () => void
}

export function useListDialogs(): Dialogs {
  const { dialog, target, open, close } = useDialogUrl()
  const [revoked, setRevoked] = useState<Credential>()
  return {
    targetId: dialog === 'revoke' ? target : undefined,
    isBulk: dialog === 'revoke' && target === undefined,
    askRevoke: ({ id }) => open('revoke', id),
    askRevokeSelected: () => open('revoke'),
    close,
    revoked,
    setRevoked,
    clearRevoked: () => setRevoked(undefined),
  }
}

type ListDialogsProps = {
  readonly dialogs: Dialogs
  readonly rows: readonly Credential[]
  readonly selection: Selection
}

/** Renders the open dialog of the list. */
export function ListDialogs({ dialogs, rows, selection }: ListDialogsProps) {
  const { targetId, isBulk, close, setRevoked } = dialogs
  const credential = useTarget(targetId, rows)
  // A copy, because the selection changes while its rows are revoked.
  const [asked, setAsked] = useState<readonly Credential[]>([])
  if (isBulk && asked.length === 0 && selection.selected.length > 0) setAsked(selection.selected)
  if (!isBulk && asked.length > 0) setAsked([])
  return (
    <Suspense fallback={null}>
      {credential !== undefined && (
        <RevokeDialog credential={credential} onClose={close} onRevoked={setRevoked} />
      )}
      {isBulk && asked.length > 0 && (
        <BulkRevokeDialog
          credentials={asked}
          onClose={() => {
            selection.clear()
            close()
          }}
        />
      )}
    </Suspense>
  )
}

/** Returns the credential from the rows or, if it is on another page, from the server. */
function useTarget(id: string | undefined, rows: readonly Credential[]): Credential | undefined {
  const { client, scope } = useActing()
  const row = rows.find((one) => one.id === id)
  const asked = useQuery({
    queryKey: [...scope, 'credentials', 'get', id],
    queryFn: () => client.credentials.get({ id: id ?? '' }),
    enabled: id !== undefined && row === undefined,
  })
  return id === undefined ? undefined : (row ?? asked.data)
}
