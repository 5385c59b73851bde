import type { Contexts } from './compose-context.ts'
import { findOperator } from './identity/organizations/index.ts'
import {
  createCredentialCache,
  createRejectionAudit,
  createSecretAuthenticator,
} from './issued/credentials/index.ts'
import { createKeyRing, type KeyRing } from './issued/signing-keys/index.ts'
import {
  type Authenticator,
  createAuthenticator,
  createRevokedTokens,
  createTokens,
  createTokenVerifier,
  type Tokens,
} from './issued/tokens/index.ts'
import { createUsage, type Usage } from './issued/usage/index.ts'
import { createVerifier, type Verifier } from './issued/verification/index.ts'
import type { RecordUse } from './kernel/record-use.ts'
import type { Timers } from './platform/clock.ts'
import { createFailureCounter } from './platform/failure-counter.ts'
import type { Log } from './platform/log.ts'
import type { Metrics } from './platform/metrics.ts'
import { pooledRandom } from './platform/random.ts'

/** Wrong secrets allowed per minute: per client and network, and per network. */
export type FailuresMax = { readonly perClient: number; readonly perNetwork: number }

/** Issued credentials: their authentication, tokens, verification and usage. */
export type Issued = {
  readonly usage: Usage
  readonly recordUse: RecordUse
  readonly keyRing: KeyRing
  readonly authenticator: Authenticator
  readonly tokens: Tokens
  readonly verify: Verifier
}

const FAILURE_WINDOW_MS = 60_000
const FAILURES_MAX: FailuresMax = { perClient: 30, perNetwork: 1_000 }

/** Connects the parts of issued credentials. Loads signing keys and revoked tokens. */
export async function composeIssued(
  { store, feed, base, createContext, asSystem, writeUnaudited }: Contexts,
  {
    log,
    timers,
    metrics,
    failuresMax = FAILURES_MAX,
  }: {
    readonly log: Log
    readonly timers: Timers
    readonly metrics: Metrics | undefined
    readonly failuresMax: FailuresMax | undefined
  },
): Promise<Issued> {
  const { clock, digests, publicUrl: issuer } = base
  const usage = createUsage({ clock, writeUnaudited, log, timers })
  const credentialCache = createCredentialCache(store.reader, feed)
  const keyRing = await createKeyRing(base)
  feed.subscribe({
    onChange: async ({ kind }) => {
      if (kind === 'signing_keys.changed') await keyRing.reload()
    },
    onGap: keyRing.reload,
  })
  // Another node may have changed the keys between the first read and the subscription.
  await keyRing.reload()
  const revoked = await createRevokedTokens(store.reader, feed, clock)
  const failures = (max: number) =>
    createFailureCounter(clock, { failuresMax: max, windowMs: FAILURE_WINDOW_MS })
  const secrets = createSecretAuthenticator({
    credentialCache,
    digests,
    clock,
    failuresPerClient: failures(failuresMax.perClient),
    failuresPerNetwork: failures(failuresMax.perNetwork),
    audit: createRejectionAudit({
      asSystem,
      findOperatorId: async () => (await findOperator(store.reader))?.id,
    }),
  })
  const recordUse: RecordUse = (use) => {
    usage.record(use)
    metrics?.countUse(use.outcome)
  }
  const authenticator = createAuthenticator({
    secrets,
    verifyToken: createTokenVerifier({
      credentialCache,
      keyRing,
      revoked,
      clock,
      issuer,
      isFresh: feed.isFresh,
    }),
  })
  const tokens = createTokens({
    authenticator,
    keyRing,
    clock,
    recordUse,
    createContext,
    issuer,
    random: pooledRandom,
  })
  const verify = createVerifier({ authenticator, clock, recordUse })
  return { usage, recordUse, keyRing, authenticator, tokens, verify }
}
