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
export type Origin = { readonly ip: string; readonly requestId: string | null }

/** A refused authentication, for the audit log. */
export type Refusal = {
  readonly reason: Unrecognized
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

/**
 * Makes the guard. Many wrong secrets for one client from one network are slowed with 429; the same
 * client from elsewhere is not, so nobody can be locked out by a stranger.
 */
export function createGuard(deps: GuardDeps): Guard {
  const admit = async (
    name: string,
    origin: Origin,
    recognize: () => Promise<Recognition>,
  ): Promise<Admission> => {
    const network = networkOf(origin.ip)
    const client = `${network} ${name.slice(0, 64)}`
    const wait =
      deps.perClient.blockedForSeconds(client) ?? deps.perNetwork.blockedForSeconds(network)
    if (wait !== undefined) return { kind: 'blocked', retryAfterSeconds: wait }
    const recognition = await recognize()
    if (recognition.ok)
      return { kind: 'admitted', credential: recognition.credential, secret: recognition.secret }
    deps.perNetwork.fail(network)
    const isBurst = deps.perClient.fail(client) === 1
    const { why, credential } = recognition
    if (isBurst) await deps.audit({ reason: why, credential, origin })
    return { kind: 'refused', why, ...(credential === undefined ? {} : { credential }) }
  }
  return {
    admitPair: ({ clientId, clientSecret }, origin) =>
      admit(clientId, origin, () => recognizePair(deps, clientId, clientSecret)),
    admitSecret: (secret, origin) => admit('', origin, () => recognizeSecret(deps, secret)),
  }
}
