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
  /** What the edit began from: its version is what a change must still meet. */
  readonly base: Credential
  readonly submission: Submission
  /** Saves; false when it was refused. What is wrong beforehand is named by field. */
  readonly save: (
    changes: Changes,
    own?: Readonly<Record<string, string | undefined>>,
  ) => Promise<boolean>
  /** Goes on from what the credential has become. */
  readonly reload: () => Promise<Credential>
}

/**
 * Edits a credential from the version that was on the screen when the edit began. The page behind may be
 * loaded again meanwhile: what somebody else wrote since is not overwritten unseen.
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
