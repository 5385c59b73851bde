import { type Keyporter, SdkError } from '@keyporter/sdk'
import type { Credential } from '../../credential.ts'

/** How it went with each of several credentials. */
export type Outcome = {
  readonly revoked: readonly Credential[]
  /** Somebody else had done it before. */
  readonly already: readonly Credential[]
  readonly failed: readonly { readonly credential: Credential; readonly error: unknown }[]
  /** Those whose turn never came. */
  readonly untried: readonly Credential[]
}

export const noOutcome: Outcome = { revoked: [], already: [], failed: [], untried: [] }

type RevokeEachOptions = {
  readonly client: Keyporter
  readonly reason: string | undefined
  readonly onProgress: (done: number) => void
  /** Whether to go on. */
  readonly mayGoOn: () => boolean
}

/** Revokes credentials one by one, each whatever became of the others. */
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
