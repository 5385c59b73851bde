import type { Attempts } from '../../platform/failure-counter.ts'
import { networkOf } from '../../platform/network.ts'
import { createReadmission } from './auth-cache.ts'
import {
  type Recognition,
  type RecognizeDeps,
  recognizePair,
  recognizeSecret,
  type Unrecognized,
} from './find-by-secret.ts'
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

/**
 * Lets clients in, slows guessing down, and has refusals audited once per burst. The `Authorization`
 * header that presents a pair or secret, and nothing else, may be named: who is let in is known by it.
 */
export type Guard = {
  readonly admitPair: (
    pair: { readonly clientId: string; readonly clientSecret: string },
    origin: Origin,
    header?: string,
  ) => Promise<Admission>
  readonly admitSecret: (secret: string, origin: Origin, header?: string) => Promise<Admission>
  /**
   * Lets in at once whom {@link Guard.admitPair} or {@link Guard.admitSecret} would let in for a header
   * that they were given before. Undefined says nothing: it must be presented in the ordinary way.
   */
  readonly readmit: (header: string, origin: Origin) => RecognizedSecret | undefined
}

/** What the guard needs. Attempts are counted per client and network, and per network alone. */
export type GuardDeps = RecognizeDeps & {
  readonly perClient: Attempts
  readonly perNetwork: Attempts
  readonly audit: (refusal: Refusal) => Promise<void>
}

/** Who tries, from where; a secret on its own names no client. */
type Attempt = { readonly origin: Origin; readonly client: string }

const UNKNOWN = 'unknown'

/**
 * Makes the guard. Many wrong secrets for one client from one network are slowed with 429; the same
 * client from elsewhere is not, so nobody can be locked out by a stranger. A secret on its own has 256
 * bits and names no client: guesses at it are counted per network alone.
 */
export function createGuard(deps: GuardDeps): Guard {
  const refuse = async (
    recognition: Extract<Recognition, { ok: false }>,
    { origin, client }: Attempt,
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
  const readmission = createReadmission(deps)
  const admit = async (
    recognize: () => Promise<Recognition>,
    attempt: Attempt & { readonly header: string | undefined },
  ): Promise<Admission> => {
    const wait = blockedForSeconds(deps, attempt)
    if (wait !== undefined) return { kind: 'blocked', retryAfterSeconds: wait }
    const recognition = await recognize()
    if (!recognition.ok) return refuse(recognition, attempt)
    const { credential, secret } = recognition
    if (attempt.header !== undefined) readmission.remember(attempt.header, { credential, secret })
    return { kind: 'admitted', credential, secret }
  }
  return {
    admitPair: ({ clientId, clientSecret }, origin, header) =>
      admit(() => recognizePair(deps, clientId, clientSecret), {
        origin,
        client: clientId.slice(0, 64),
        header,
      }),
    admitSecret: (secret, origin, header) =>
      admit(() => recognizeSecret(deps, secret), { origin, client: '', header }),
    readmit: (header, origin) => {
      const known = readmission.find(header)
      if (known === undefined) return undefined
      const wait = blockedForSeconds(deps, { origin, client: known.credential.clientId })
      return wait === undefined ? known : undefined
    },
  }
}

function blockedForSeconds(
  { perClient, perNetwork }: GuardDeps,
  { origin, client }: Attempt,
): number | undefined {
  if (origin.ip === null) return undefined
  const network = networkOf(origin.ip)
  const named = client === '' ? undefined : perClient.blockedForSeconds(`${network} ${client}`)
  return named ?? perNetwork.blockedForSeconds(network)
}
