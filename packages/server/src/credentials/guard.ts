import type { Attempts } from '../platform/attempts.ts'
import { networkOf } from '../platform/network.ts'
import {
  type Recognition,
  type RecognizeDeps,
  recognizePair,
  recognizeSecret,
  type Unrecognized,
} from './recognize.ts'
import type { RecognizedSecret, RegisteredCredential } from './registry.ts'

/** Where an attempt comes from. */
export type Origin = {
  /** Null where it is not known: then it cannot be counted, and must not slow others down. */
  readonly ip: string | null
  readonly requestId: string | null
}

/** A refused authentication, for the audit log. */
export type Refusal = {
  readonly reason: Unrecognized | 'wrong_secret'
  readonly credential: RegisteredCredential | undefined
  readonly origin: Origin
}

/** What came of presenting a secret. */
export type Admission =
  | ({ readonly kind: 'admitted' } & RecognizedSecret)
  | {
      readonly kind: 'refused'
      readonly why: Unrecognized
      readonly credential?: RegisteredCredential
    }
  | { readonly kind: 'blocked'; readonly retryAfterSeconds: number }

/** Lets clients in, slows guessing down, and has refusals audited once per burst. */
export type Guard = {
  readonly admitPair: (
    pair: { readonly clientId: string; readonly clientSecret: string },
    origin: Origin,
  ) => Promise<Admission>
  readonly admitSecret: (secret: string, origin: Origin) => Promise<Admission>
}

/** What the guard needs. Attempts are counted per client and network, and per network alone. */
export type GuardDeps = RecognizeDeps & {
  readonly perClient: Attempts
  readonly perNetwork: Attempts
  readonly audit: (refusal: Refusal) => Promise<void>
}

const UNKNOWN = 'unknown'

/**
 * Makes the guard. Many wrong secrets for one client from one network are slowed with 429; the same
 * client from elsewhere is not, so nobody can be locked out by a stranger. A secret on its own has 256
 * bits and names no client: guesses at it are counted per network alone.
 */
export function createGuard(deps: GuardDeps): Guard {
  const refuse = async (
    recognition: Extract<Recognition, { ok: false }>,
    { origin, client }: { readonly origin: Origin; readonly client: string },
  ): Promise<Admission> => {
    const network = origin.ip === null ? UNKNOWN : networkOf(origin.ip)
    deps.perNetwork.fail(network)
    const named = `${network} ${client}`
    const { why, credential, named: suspect } = recognition
    const known = credential ?? suspect
    const count = deps.perClient.fail(named)
    // Names that nobody has are one burst together: a stranger could make up a new one each time.
    const strangers = `${network} *`
    const isBurst = known === undefined ? deps.perClient.fail(strangers) === 1 : count === 1
    const reason = suspect === undefined ? why : 'wrong_secret'
    if (isBurst) {
      await deps.audit({ reason, credential: known, origin }).catch((error: unknown) => {
        // Not audited, so not begun: the next refusal begins the burst.
        deps.perClient.forgive(known === undefined ? strangers : named)
        throw error
      })
    }
    return { kind: 'refused', why, ...(credential === undefined ? {} : { credential }) }
  }
  const admit = async (
    recognize: () => Promise<Recognition>,
    attempt: { readonly origin: Origin; readonly client: string },
  ): Promise<Admission> => {
    const wait = blockedForSeconds(deps, attempt)
    if (wait !== undefined) return { kind: 'blocked', retryAfterSeconds: wait }
    const recognition = await recognize()
    if (!recognition.ok) return refuse(recognition, attempt)
    const { credential, secret } = recognition
    return { kind: 'admitted', credential, secret }
  }
  return {
    admitPair: ({ clientId, clientSecret }, origin) =>
      admit(() => recognizePair(deps, clientId, clientSecret), {
        origin,
        client: clientId.slice(0, 64),
      }),
    admitSecret: (secret, origin) =>
      admit(() => recognizeSecret(deps, secret), { origin, client: '' }),
  }
}

function blockedForSeconds(
  { perClient, perNetwork }: GuardDeps,
  { origin, client }: { readonly origin: Origin; readonly client: string },
): number | undefined {
  if (origin.ip === null) return undefined
  const network = networkOf(origin.ip)
  const named = client === '' ? undefined : perClient.blockedForSeconds(`${network} ${client}`)
  return named ?? perNetwork.blockedForSeconds(network)
}
