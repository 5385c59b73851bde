import { setTimeout as sleep } from 'node:timers/promises'
import { encodeHex } from '@keyporter/protocol'
import type { AppError } from '../../kernel/app-error.ts'
import type { Context, ContextBase } from '../../kernel/context.ts'
import type { ChangeFeed } from '../../store/change-feed.ts'
import type { Writer } from '../../store/open.ts'
import type { ResolvedConnection } from '../connection-lookup/index.ts'
import { claimToken, releaseClaim } from '../integrations/index.ts'
import { asTokenConnection, recordToken, recordTokenRejection } from './record-token.ts'
import { type ConsentProof, requestToken, type TokenOutcome } from './request-token.ts'
import {
  type DecryptedToken,
  type ReceivedToken,
  readStoredToken,
  type StoredToken,
  storeToken,
  type TokenConnection,
} from './stored-token.ts'
import { createTokenCache, type TokenEntry } from './token-cache.ts'
import { consentRequired, tokenBusy, tokenFailed, tokenRejected } from './token-errors.ts'
import { backoffMs, REJECTION_BACKOFF_MS, statusReasonOf } from './token-rules.ts'

/**
 * An upstream token with the header that it is sent in, as for the authentication type `bearer`.
 */
export type UpstreamToken = {
  readonly token: string
  /** Empty for none. */
  readonly prefix: string
  readonly header: string
}

/** Manages upstream tokens for the authentication types that need one. */
export type UpstreamTokens = {
  /**
   * Returns the token of a connection with a {@link TokenAuth}: from the cache while it is valid,
   * otherwise from the upstream. All concurrent callers on all nodes share one token request.
   *
   * @throws {AppError} `upstream_rejected`, `upstream_failed`, `upstream_timeout`,
   *   `address_not_allowed`, `connection_missing` (a consent is required), `unavailable`
   */
  readonly tokenFor: (resolved: ResolvedConnection) => Promise<UpstreamToken>
  /**
   * Fetches and audits a new token unconditionally. Throws as {@link UpstreamTokens.tokenFor} does.
   */
  readonly fetchNewToken: (ctx: Context, resolved: ResolvedConnection) => Promise<void>
}

/** The dependencies of upstream tokens. */
export type UpstreamTokenDeps = {
  readonly base: Pick<
    ContextBase,
    'db' | 'organizationEncryption' | 'outbound' | 'clock' | 'digests' | 'random'
  >
  readonly feed: Pick<ChangeFeed, 'subscribe'>
  /** Unaudited writes of claims and of tokens. */
  readonly writeUnaudited: <T>(work: (tx: Writer) => Promise<T>) => Promise<T>
  /** Creates a context of the system actor. */
  readonly asSystem: (organizationId: string) => Context
}

// Exceeds the maximum duration of a token request: after that, the claimant has crashed.
const CLAIM_MS = 12_000
const WAIT_MS_MAX = 15_000
const POLL_MS = 50
const CLAIMANT_BYTES = 16

/** Creates the manager of upstream tokens. */
export function createUpstreamTokens(deps: UpstreamTokenDeps): UpstreamTokens {
  const { base } = deps
  const cache = createTokenCache(base.digests, deps.feed)

  return {
    tokenFor: async (resolved) => {
      const connection = tokenConnectionOf(resolved)
      const entry = cache.entryOf(connection)
      const { current } = entry
      if (current !== undefined && base.clock.now() < current.renewAtMs)
        return toHeader(connection, current)
      entry.pending ??= acquire({ connection, entry, requestedBy: undefined }).finally(() => {
        entry.pending = undefined
      })
      return toHeader(connection, await entry.pending)
    },
    fetchNewToken: async (ctx, resolved) => {
      const connection = tokenConnectionOf(resolved)
      await fetchOrWait({ connection, entry: cache.entryOf(connection), requestedBy: ctx })
    },
  }

  /** During back-off after a failure, keep using the previous token until it expires. */
  async function acquire(job: TokenJob): Promise<DecryptedToken> {
    const { backoff } = job.entry
    if (backoff !== undefined && base.clock.now() < backoff.untilMs) {
      return unexpiredOrThrow(job, backoff.error())
    }
    return fetchOrWait(job)
  }

  /** Fetches the next token, or waits for the token that another node is fetching. */
  async function fetchOrWait(job: TokenJob): Promise<DecryptedToken> {
    const { connection, entry } = job
    const giveUpMs = performance.now() + WAIT_MS_MAX
    while (performance.now() < giveUpMs) {
      const stored = await readStoredToken(base, connection, entry.fingerprint)
      entry.current = stored.current
      if (job.requestedBy === undefined && isFresh(stored.current)) return stored.current
      const proof = proofOf(connection, stored)
      if (proof === 'missing') return handleMissingConsent(job)
      const claimant = encodeHex(base.random(CLAIMANT_BYTES))
      if (await claim(connection, stored, claimant)) {
        return fetchWithClaim(job, { stored, proof, claimant })
      }
      await sleep(POLL_MS)
    }
    throw tokenBusy()
  }

  async function fetchWithClaim(job: TokenJob, claimed: ClaimedRequest): Promise<DecryptedToken> {
    const { connection } = job
    let isStored = false
    try {
      const outcome = await requestToken(base.outbound, connection.auth, claimed.proof)
      if (outcome.kind !== 'token') return await handleFailure(job, outcome)
      const token = await store(job, claimed, outcome)
      isStored = true
      return token
    } finally {
      // Storing the token releases the claim. If this release fails, the claim expires.
      if (!isStored) await release(connection, claimed.claimant).catch(() => undefined)
    }
  }

  /**
   * The token is stored before its first use: the previous refresh token may already be invalid.
   */
  async function store(
    job: TokenJob,
    claimed: ClaimedRequest,
    received: ReceivedToken,
  ): Promise<DecryptedToken> {
    const { connection, entry, requestedBy } = job
    const write = async (tx: Writer): Promise<DecryptedToken> => {
      const token = await storeToken(tx, base, {
        connection,
        fingerprint: entry.fingerprint,
        before: claimed.stored,
        received,
        claimant: claimed.claimant,
      })
      if (token === undefined) throw tokenBusy()
      return token
    }
    const wasRejected = entry.backoff?.failureCount === 0
    const token =
      requestedBy === undefined && !wasRejected
        ? await deps.writeUnaudited(write)
        : await recordToken(
            requestedBy ?? deps.asSystem(connection.integrationOrganizationId),
            connection,
            write,
          )
    entry.current = token
    entry.backoff = undefined
    return token
  }

  /** Uses the previous token if it is still valid; otherwise throws, and starts a back-off. */
  async function handleFailure(
    job: TokenJob,
    outcome: Exclude<TokenOutcome, ReceivedToken>,
  ): Promise<DecryptedToken> {
    const { connection, entry, requestedBy } = job
    if (outcome.kind === 'rejected') {
      const error = () => tokenRejected(outcome.code)
      startBackoff(entry, { error, forMs: REJECTION_BACKOFF_MS, failureCount: 0 })
      const statusReason = statusReasonOf(connection.auth, outcome)
      const ctx = requestedBy ?? deps.asSystem(connection.integrationOrganizationId)
      await recordTokenRejection(ctx, connection, { statusReason, reason: outcome.code })
      return unexpiredOrThrow(job, error())
    }
    const failureCount = (entry.backoff?.failureCount ?? 0) + 1
    const forMs = backoffMs(failureCount)
    const error = () => tokenFailed(outcome.fault, Math.ceil(forMs / 1_000))
    startBackoff(entry, { error, forMs, failureCount })
    return unexpiredOrThrow(job, error())
  }

  async function handleMissingConsent(job: TokenJob): Promise<DecryptedToken> {
    const { connection, entry, requestedBy } = job
    if (requestedBy === undefined && isUnexpired(entry.current)) return entry.current
    startBackoff(entry, { error: consentRequired, forMs: REJECTION_BACKOFF_MS, failureCount: 0 })
    const ctx = requestedBy ?? deps.asSystem(connection.integrationOrganizationId)
    await recordTokenRejection(ctx, connection, {
      statusReason: 'consent_required',
      reason: 'consent_required',
    })
    throw consentRequired()
  }

  function startBackoff(
    entry: TokenEntry,
    { error, forMs, failureCount }: { error: () => AppError; forMs: number; failureCount: number },
  ): void {
    entry.backoff = { error, failureCount, untilMs: base.clock.now() + forMs }
  }

  /**
   * @throws {AppError} the given error, if the token has expired or a person requested a new one
   */
  function unexpiredOrThrow({ entry, requestedBy }: TokenJob, error: AppError): DecryptedToken {
    if (requestedBy === undefined && isUnexpired(entry.current)) return entry.current
    throw error
  }

  function isFresh(token: DecryptedToken | undefined): token is DecryptedToken {
    return token !== undefined && base.clock.now() < token.renewAtMs
  }

  function isUnexpired(token: DecryptedToken | undefined): token is DecryptedToken {
    return token !== undefined && base.clock.now() < token.expiresAtMs
  }

  async function release(connection: TokenConnection, claimant: string): Promise<void> {
    const { connectionId, organizationId } = connection
    await deps.writeUnaudited((tx) => releaseClaim(tx, organizationId, { connectionId, claimant }))
  }

  async function claim(
    { connectionId, organizationId }: TokenConnection,
    { version }: StoredToken,
    claimant: string,
  ): Promise<boolean> {
    const nowMs = base.clock.now()
    return deps.writeUnaudited((tx) =>
      claimToken(tx, organizationId, {
        connectionId,
        version,
        claimant,
        nowMs,
        untilMs: nowMs + CLAIM_MS,
      }),
    )
  }
}

/** @throws {TypeError} if the authentication type needs no token */
function tokenConnectionOf(resolved: ResolvedConnection): TokenConnection {
  const connection = asTokenConnection(resolved)
  if (connection === undefined)
    throw new TypeError('The authentication type of this connection does not use tokens')
  return connection
}

/** A token request; `requestedBy` is the context of the person who requested it. */
type TokenJob = {
  readonly connection: TokenConnection
  readonly entry: TokenEntry
  readonly requestedBy: Context | undefined
}

/** The claim on the next token and the data for its request. */
type ClaimedRequest = {
  readonly stored: StoredToken
  readonly proof: ConsentProof | undefined
  readonly claimant: string
}

function proofOf(
  { auth }: TokenConnection,
  { refreshToken }: StoredToken,
): ConsentProof | 'missing' | undefined {
  if (auth.kind !== 'oauth2_authorization_code') return undefined
  return refreshToken === undefined ? 'missing' : { kind: 'refresh', refreshToken }
}

function toHeader({ auth }: TokenConnection, { token }: DecryptedToken): UpstreamToken {
  return auth.kind === 'login_call'
    ? { token, prefix: auth.prefix, header: auth.header }
    : { token, prefix: 'Bearer', header: 'Authorization' }
}
