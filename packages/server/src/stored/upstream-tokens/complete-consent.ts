import { encodeHex } from '@keyporter/protocol'
import type { Caller, Context, ContextBase } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import { recordHealth } from '../connection-lookup/index.ts'
import {
  type ConsentRow,
  consumeConsent,
  findPendingConsent,
  overrideClaim,
} from '../integrations/index.ts'
import { decryptConsent } from './consent-secret.ts'
import { auditRejectedToken, targetOf } from './record-token.ts'
import { requestToken, type TokenOutcome } from './request-token.ts'
import { findTokenConnection } from './require-token-connection.ts'
import { redirectUrlOf } from './start-consent.ts'
import { type ReceivedToken, storeToken, type TokenConnection } from './stored-token.ts'
import { fingerprintInput } from './token-rules.ts'

/** The parameters of the redirect to the callback, and the caller in the redirected browser. */
export type ConsentReturn = {
  readonly state: string
  /** Undefined if the authorization server returned an error. */
  readonly code: string | undefined
  readonly caller: Pick<Caller, 'actor' | 'operator' | 'requestId' | 'ip' | 'userAgent'>
}

/** The outcome of a consent. */
export type ConsentOutcome =
  | {
      readonly kind: 'connected' | 'rejected' | 'failed'
      readonly integrationId: string
      readonly integrationName: string
    }
  /**
   * The state is unknown, used or expired, or the settings of the connection have changed since the
   * start.
   */
  | { readonly kind: 'expired' }
  /** Another member started the consent than the member who is signed in to this browser. */
  | { readonly kind: 'foreign' }
  /** The feature `stored` is disabled for the organization. */
  | { readonly kind: 'feature_disabled' }

/** The dependencies of the completion of consents. */
export type ConsentDeps = {
  readonly base: ContextBase
  readonly writeUnaudited: <T>(work: (tx: Writer) => Promise<T>) => Promise<T>
  readonly createContext: (caller: Caller) => Context
  /** Whether the feature `stored` is enabled for an organization. */
  readonly isFeatureEnabled: (organizationId: string) => Promise<boolean>
}

const STATE = /^[A-Za-z0-9_-]{43}$/
const CLAIMANT_BYTES = 16

/**
 * Returns a function that exchanges the code of a consent for tokens and stores them before it
 * returns.
 */
export function createConsentCompletion(
  deps: ConsentDeps,
): (returned: ConsentReturn) => Promise<ConsentOutcome> {
  const { base } = deps
  return async (returned) => {
    const nowMs = base.clock.now()
    if (!STATE.test(returned.state)) return { kind: 'expired' }
    const digest = base.digests.keyedDigest(returned.state)
    const consent = await findPendingConsent(base.db, { digest, nowMs })
    if (consent === undefined) return { kind: 'expired' }
    if (!isSameBrowser(consent, returned)) return { kind: 'foreign' }
    const connection = await findTokenConnection(base, consent.connectionId)
    if (connection === undefined) return { kind: 'expired' }
    if (!(await deps.isFeatureEnabled(connection.integrationOrganizationId)))
      return { kind: 'feature_disabled' }
    // Of two concurrent requests with the same state, only one succeeds.
    if (!(await deps.writeUnaudited((tx) => consumeConsent(tx, { digest, nowMs }))))
      return { kind: 'expired' }
    const ctx = deps.createContext({
      ...returned.caller,
      organizationId: connection.integrationOrganizationId,
    })
    return complete(ctx, { consent, connection, code: returned.code })
  }
}

/**
 * Login CSRF (RFC 6749 §10.12): an attacker must not connect the attacker's own account through a
 * victim's browser. A consent that a credential started is not bound to a browser.
 */
function isSameBrowser({ memberId }: ConsentRow, { caller: { actor } }: ConsentReturn): boolean {
  if (memberId === null) return true
  return (
    actor.kind === 'member' && actor.id === memberId && actor.permissions.has('CONNECTION_WRITE')
  )
}

type Consented = {
  readonly consent: ConsentRow
  readonly connection: TokenConnection
  readonly code: string | undefined
}

async function complete(
  ctx: Context,
  { consent, connection, code }: Consented,
): Promise<ConsentOutcome> {
  const { integrationId, integrationName, auth } = connection
  const outcomeOf = (kind: 'connected' | 'rejected' | 'failed'): ConsentOutcome => ({
    kind,
    integrationId,
    integrationName,
  })
  if (code === undefined) {
    await auditConsentRejection(ctx, connection, 'access_denied')
    return outcomeOf('rejected')
  }
  const secret = await decryptConsent(ctx, consent)
  const fingerprint = ctx.digests.keyedDigest(fingerprintInput(auth))
  if (secret?.fingerprint !== fingerprint) return { kind: 'expired' }
  const { verifier } = secret
  const redirectUri = redirectUrlOf(ctx.publicUrl)
  const proof = { kind: 'code', code, verifier, redirectUri } as const
  const outcome = await requestToken(ctx.outbound, auth, proof)
  if (outcome.kind === 'token') {
    return outcomeOf(
      (await storeConsentedToken(ctx, connection, { fingerprint, received: outcome }))
        ? 'connected'
        : 'failed',
    )
  }
  await auditConsentRejection(ctx, connection, reasonOf(outcome))
  return outcomeOf(outcome.kind)
}

/** A completed consent replaces the stored token and overrides token requests in progress. */
async function storeConsentedToken(
  ctx: Context,
  connection: TokenConnection,
  { fingerprint, received }: { readonly fingerprint: string; readonly received: ReceivedToken },
): Promise<boolean> {
  const claimant = encodeHex(ctx.random(CLAIMANT_BYTES))
  return ctx.mutate(async (tx) => {
    const { connectionId, organizationId } = connection
    const version = await overrideClaim(tx, organizationId, { connectionId, claimant })
    // The new consent may belong to another account, so the previous refresh token must not be
    // kept.
    const before = { version: version ?? 0, refreshToken: undefined }
    const stored = await storeToken(tx, ctx, {
      connection,
      fingerprint,
      before,
      received,
      claimant,
    })
    const result = stored !== undefined
    const health = { atMs: ctx.clock.now(), tested: false, status: 'working' } as const
    const changed = result ? await recordHealth(tx, connection, health) : []
    return {
      result,
      audit: result
        ? {
            action: 'connection.authorized',
            affected: { 'connection.changed': changed },
            target: targetOf(connection),
          }
        : auditRejectedToken(connection, 'connection_missing', [connectionId]),
    }
  })
}

/** Records the rejection only in the audit log: a previous consent may still be valid. */
async function auditConsentRejection(
  ctx: Context,
  connection: TokenConnection,
  reason: string,
): Promise<void> {
  await ctx.mutate(async () => ({
    result: undefined,
    audit: auditRejectedToken(connection, reason),
  }))
}

function reasonOf(outcome: Exclude<TokenOutcome, ReceivedToken>): string {
  return outcome.kind === 'rejected' ? outcome.code : outcome.fault
}
