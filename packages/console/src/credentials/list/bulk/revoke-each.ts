import { type Keyporter, SdkError } from '@keyporter/sdk'
import type { Credential } from '../../credential.ts'

/** The results of a bulk revocation. */
export type Outcome = {
  readonly revoked: readonly Credential[]
  /** Credentials that were already revoked. */
  readonly already: readonly Credential[]
  readonly failed: readonly { readonly credential: Credential; readonly error: unknown }[]
  /** Credentials skipped after a stop. */
  readonly untried: readonly Credential[]
}

export const noOutcome: Outcome = { revoked: [], already: [], failed: [], untried: [] }

type RevokeEachOptions = {
  readonly client: Keyporter
  readonly reason: string | undefined
  readonly onProgress: (done: number) => void
  /** Returns false to stop before the next credential. */
  readonly mayGoOn: () => boolean
}

/** Revokes credentials one by one and continues after errors. */
export async function revokeEach(
  credentials: readonly Credential[],
  { client, reason, onProgress, mayGoOn }: RevokeEachOptions,
): Promise<Outcome> {
  let outcome = noOutcome
  for (const [index, credential] of credentials.entries()) {
    if (!mayGoOn()) return { ...outcome, untried: credentials.slice(index) }
    const error = await revoke(credential.id)
    outcome = add(outcome, credential, error)
    onProgress(index + 1)
  }
  return outcome

  async function revoke(id: string): Promise<unknown> {
    try {
      await client.credentials.revoke({ id, reason })
      return undefined
    } catch (error) {
      return error
    }
  }
}

function add(outcome: Outcome, credential: Credential, error: unknown): Outcome {
  if (error === undefined) return { ...outcome, revoked: [...outcome.revoked, credential] }
  if (error instanceof SdkError && error.code === 'already_revoked') {
    return { ...outcome, already: [...outcome.already, credential] }
  }
  return { ...outcome, failed: [...outcome.failed, { credential, error }] }
}
