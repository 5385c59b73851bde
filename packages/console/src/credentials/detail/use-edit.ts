import { type Keyporter, versionOf } from '@keyporter/sdk'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useActing } from '../../api/acting.ts'
import { announce } from '../../components/announcer.tsx'
import { type Submission, useSubmission } from '../../components/submission.ts'
import { catalogue } from '../../messages/catalogue.ts'
import type { Credential } from '../credential.ts'
import messages from './messages.json'
import { credentialQuery } from './use-credential.ts'

const text = catalogue(messages)

type Changes = Omit<Parameters<Keyporter['credentials']['update']>[0], 'id'>

/** An edit of a credential. */
export type Edit = {
  /** The version on which the edit is based. Saving fails if the server has a newer one. */
  readonly base: Credential
  readonly submission: Submission
  /** Saves the changes. Returns false if rejected, or if `own` contains client-side errors by field. */
  readonly save: (
    changes: Changes,
    own?: Readonly<Record<string, string | undefined>>,
  ) => Promise<boolean>
  /** Reloads the credential and continues from its current version. */
  readonly reload: () => Promise<Credential>
}

/**
 * Edits a credential, based on the version that was shown when the edit began. A background refetch does not change
 * the base, so that a concurrent change is reported instead of overwritten.
 */
export function useEdit(shown: Credential): Edit {
  const acting = useActing()
  const queries = useQueryClient()
  const submission = useSubmission()
  const [base, setBase] = useState(shown)
  const { client, scope } = acting
  const renew = async (): Promise<void> => {
    await queries.invalidateQueries({ queryKey: [...scope, 'credentials'] })
    await queries.invalidateQueries({ queryKey: [...scope, 'auditEvents'] })
  }
  return {
    base,
    submission,
    save: (changes, own = {}) =>
      submission.run(async () => {
        await client.credentials.update({ id: base.id, ...changes }, { version: versionOf(base) })
        announce(text('saved'))
        await renew()
      }, own),
    reload: async () => {
      const fresh = await queries.fetchQuery({
        ...credentialQuery(acting, base.id),
        staleTime: 0,
      })
      setBase(fresh)
      submission.reset()
      announce(text('reloaded'))
      return fresh
    },
  }
}
