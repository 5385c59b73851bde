import { setTimeout as sleep } from 'node:timers/promises'
import { encodeHex } from '@keyporter/protocol'
import type { AppError } from '../../kernel/app-error.ts'
import type { Context, ContextBase } from '../../kernel/context.ts'
import type { ChangeFeed } from '../../store/change-feed.ts'
import type { Writer } from '../../store/open.ts'
import type { ResolvedConnection } from '../connection-lookup/index.ts'
import { claimToken, releaseToken } from '../integrations/index.ts'
import { asTokenConnection, noteRefusal, noteToken } from './record-token.ts'
import { askForToken, type ConsentProof, type TokenOutcome } from './request-token.ts'
import {
  type GivenToken,
  type HeldToken,
  readStoredToken,
  type StoredToken,
  storeToken,
  type TokenConnection,
} from './stored-token.ts'
import { createTokenMemory, type TokenEntry } from './token-cache.ts'
import { consentNeeded, tokenBusy, tokenFailed, tokenRefused } from './token-errors.ts'
import { backoffMs, REFUSED_MS, statusReasonOf } from './token-rules.ts'

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
  readonly fetchAnew: (ctx: Context, resolved: ResolvedConnection) => Promise<void>
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
  const memory = createTokenMemory(base.digests, deps.feed)

  return {
    tokenFor: async (resolved) => {
      const connection = connectionOf(resolved)
      const entry = memory.entryOf(connection)
      const { held } = entry
      if (held !== undefined && base.clock.now() < held.renewAtMs) return place(connection, held)
      entry.running ??= obtain({ connection, entry, asked: undefined }).finally(() => {
        entry.running = undefined
      })
      return place(connection, await entry.running)
    },
    fetchAnew: async (ctx, resolved) => {
      const connection = connectionOf(resolved)
      await fetchInTurn({ connection, entry: memory.entryOf(connection), asked: ctx })
    },
  }

  /** During back-off after a failure, keep using the previous token until it expires. */
  async function obtain(job: TokenJob): Promise<HeldToken> {
    const { setback } = job.entry
    if (setback !== undefined && base.clock.now() < setback.untilMs) {
      return stillGood(job, setback.error())
    }
    return fetchInTurn(job)
  }

  /** Fetches the next token, or waits for the token that another node is fetching. */
  async function fetchInTurn(job: TokenJob): Promise<HeldToken> {
    const { connection, entry } = job
    const giveUpMs = performance.now() + WAIT_MS_MAX
    while (performance.now() < giveUpMs) {
      const stored = await readStoredToken(base, connection, entry.grant)
      entry.held = stored.held
      if (job.asked === undefined && isFresh(stored.held)) return stored.held
      const proof = proofOf(connection, stored)
      if (proof === 'missing') return withoutConsent(job)
      const claimant = encodeHex(base.random(CLAIMANT_BYTES))
      if (await claim(connection, stored, claimant)) {
        return fetchClaimed(job, { stored, proof, claimant })
      }
      await sleep(POLL_MS)
    }
    throw tokenBusy()
  }

  async function fetchClaimed(job: TokenJob, turn: Turn): Promise<HeldToken> {
    const { connection } = job
    let kept = false
    try {
      const outcome = await askForToken(base.outbound, connection.auth, turn.proof)
      if (outcome.kind !== 'token') return await bear(job, outcome)
      const held = await keep(job, turn, outcome)
      kept = true
      return held
    } finally {
      // Storing the token releases the claim. If this release fails, the claim expires.
      if (!kept) await release(connection, turn.claimant).catch(() => undefined)
    }
  }

  /**
   * The token is stored before its first use: the previous refresh token may already be invalid.
   */
  async function keep(job: TokenJob, turn: Turn, given: GivenToken): Promise<HeldToken> {
    const { connection, entry, asked } = job
    const write = async (tx: Writer): Promise<HeldToken> => {
      const held = await storeToken(tx, base, {
        connection,
        grant: entry.grant,
        before: turn.stored,
        given,
        claimant: turn.claimant,
      })
      if (held === undefined) throw tokenBusy()
      return held
    }
    const wasRefused = entry.setback?.failureCount === 0
    const held =
      asked === undefined && !wasRefused
        ? await deps.writeUnaudited(write)
        : await noteToken(asked ?? deps.asSystem(connection.ownerId), connection, write)
    entry.held = held
    entry.setback = undefined
    return held
  }

  /** Uses the previous token if it is still valid; otherwise throws, and starts a back-off. */
  async function bear(
    job: TokenJob,
    outcome: Exclude<TokenOutcome, GivenToken>,
  ): Promise<HeldToken> {
    const { connection, entry, asked } = job
    if (outcome.kind === 'rejected') {
      const error = () => tokenRefused(outcome.code)
      setBack(entry, { error, forMs: REFUSED_MS, failureCount: 0 })
      const statusReason = statusReasonOf(connection.auth, outcome)
      const ctx = asked ?? deps.asSystem(connection.ownerId)
      await noteRefusal(ctx, connection, { statusReason, reason: outcome.code })
      return stillGood(job, error())
    }
    const failureCount = (entry.setback?.failureCount ?? 0) + 1
    const forMs = backoffMs(failureCount)
    const error = () => tokenFailed(outcome.fault, Math.ceil(forMs / 1_000))
    setBack(entry, { error, forMs, failureCount })
    return stillGood(job, error())
  }

  async function withoutConsent(job: TokenJob): Promise<HeldToken> {
    const { connection, entry, asked } = job
    if (asked === undefined && isUnexpired(entry.held)) return entry.held
    setBack(entry, { error: consentNeeded, forMs: REFUSED_MS, failureCount: 0 })
    const ctx = asked ?? deps.asSystem(connection.ownerId)
    await noteRefusal(ctx, connection, {
      statusReason: 'consent_required',
      reason: 'consent_required',
    })
    throw consentNeeded()
  }

  function setBack(
    entry: TokenEntry,
    { error, forMs, failureCount }: { error: () => AppError; forMs: number; failureCount: number },
  ): void {
    entry.setback = { error, failureCount, untilMs: base.clock.now() + forMs }
  }

  /**
   * @throws {AppError} the given error, if the token has expired or a person requested a new one
   */
  function stillGood({ entry, asked }: TokenJob, error: AppError): HeldToken {
    if (asked === undefined && isUnexpired(entry.held)) return entry.held
    throw error
  }

  function isFresh(held: HeldToken | undefined): held is HeldToken {
    return held !== undefined && base.clock.now() < held.renewAtMs
  }

  function isUnexpired(held: HeldToken | undefined): held is HeldToken {
    return held !== undefined && base.clock.now() < held.expiresAtMs
  }

  async function release(connection: TokenConnection, claimant: string): Promise<void> {
    const { connectionId, organizationId } = connection
    await deps.writeUnaudited((tx) => releaseToken(tx, organizationId, { connectionId, claimant }))
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
function connectionOf(resolved: ResolvedConnection): TokenConnection {
  const connection = asTokenConnection(resolved)
  if (connection === undefined)
    throw new TypeError('The authentication type of this connection does not use tokens')
  return connection
}

/** A token request; `asked` is the context of the person who requested it. */
type TokenJob = {
  readonly connection: TokenConnection
  readonly entry: TokenEntry
  readonly asked: Context | undefined
}

/** The claim on the next token and the data for its request. */
type Turn = {
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

function place({ auth }: TokenConnection, { token }: HeldToken): UpstreamToken {
  return auth.kind === 'login_call'
    ? { token, prefix: auth.prefix, header: auth.header }
    : { token, prefix: 'Bearer', header: 'Authorization' }
}
