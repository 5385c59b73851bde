import { timingSafeEqual } from 'node:crypto'
import { parseClientId, parseSecret } from '@keyporter/protocol'
import type { Digests } from '../../encryption/digests.ts'
import type { RecognizedSecret, RegisteredCredential, Registry } from './registry.ts'
import type { SecretFacts } from './registry-rows.ts'
import { statusAt } from './rules.ts'

/** Why a presented secret is not good. Only our own callers learn it; clients get one answer for all. */
export type Unrecognized = 'malformed' | 'not_found' | 'revoked' | 'suspended' | 'expired'

/** A recognized secret, or why it is none; the credential too, where it is known for sure. */
export type Recognition =
  | ({ readonly ok: true } & RecognizedSecret)
  | {
      readonly ok: false
      readonly why: Unrecognized
      readonly credential?: RegisteredCredential
      /** The credential whose client id was named with a wrong secret: for our audit, never for an answer. */
      readonly named?: RegisteredCredential
    }

/** What recognizing needs. */
export type RecognizeDeps = {
  readonly registry: Registry
  readonly digests: Pick<Digests, 'digest'>
  readonly clock: { readonly now: () => number }
}

/**
 * Recognizes a client id with its secret. What memory refuses is asked of the store again: a refusal is
 * decided on fresh rows, and unknown, wrong and revoked cost the same reads and the same digest.
 */
export async function recognizePair(
  deps: RecognizeDeps,
  clientId: string,
  clientSecret: string,
): Promise<Recognition> {
  const digest = deps.digests.digest(clientSecret)
  const judge = (credential: RegisteredCredential | undefined) =>
    judgePair(credential, digest, deps.clock.now())
  const key = { by: 'clientId', value: clientId } as const
  const warm = deps.registry.peek(key)
  if (warm !== undefined) {
    const recognition = judge(warm)
    if (recognition.ok) return recognition
  }
  // A client id that we never issued is not worth a read; its form is public, so nothing is told.
  if (parseClientId(clientId) === undefined) return { ok: false, why: 'not_found' }
  return judge(await deps.registry.load(key))
}

/** Recognizes a secret on its own, by its digest. A wrong checksum is refused without looking anything up. */
export async function recognizeSecret(deps: RecognizeDeps, secret: string): Promise<Recognition> {
  if (parseSecret(secret) === undefined) return { ok: false, why: 'malformed' }
  const key = { by: 'digest', value: deps.digests.digest(secret) } as const
  const warm = deps.registry.peek(key)
  if (warm !== undefined) {
    const recognition = judgePair(warm, key.value, deps.clock.now())
    if (recognition.ok) return recognition
  }
  return judgePair(await deps.registry.load(key), key.value, deps.clock.now())
}

/** Why a credential cannot be used at an instant, whatever is presented for it; undefined when it can. */
export function whyUnusable(
  credential: RegisteredCredential,
  nowMs: number,
): Unrecognized | undefined {
  const status = statusAt(credential, nowMs)
  return status === 'active' ? undefined : status
}

/** Why a secret that was presented is refused at an instant; undefined when it is not. */
export function whyRefused(
  { credential, secret }: RecognizedSecret,
  nowMs: number,
): Unrecognized | undefined {
  if (secret.revokedAt !== null) return 'revoked'
  if (secret.expiresAt !== null && secret.expiresAt <= nowMs) return 'expired'
  return whyUnusable(credential, nowMs)
}

// Compared with when there is nothing to compare with, so that the time is the same.
const NO_SECRETS: readonly SecretFacts[] = [
  { id: '', digest: '-'.repeat(43), expiresAt: 0, revokedAt: 0 },
]

function judgePair(
  credential: RegisteredCredential | undefined,
  digest: string,
  nowMs: number,
): Recognition {
  const secrets =
    credential === undefined || credential.secrets.length === 0 ? NO_SECRETS : credential.secrets
  const secret = secrets.find((one) => isEqual(one.digest, digest))
  if (credential === undefined) return { ok: false, why: 'not_found' }
  if (secret === undefined) return { ok: false, why: 'not_found', named: credential }
  const why = whyRefused({ credential, secret }, nowMs)
  return why === undefined ? { ok: true, credential, secret } : { ok: false, why, credential }
}

function isEqual(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}
