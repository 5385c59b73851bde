import { encodeHex } from '@keyporter/protocol'
import type { Caller, Context, ContextBase } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import { noteFinding } from '../connection-lookup/index.ts'
import { type ConsentRow, findOpenConsent, seizeToken, useConsent } from '../integrations/index.ts'
import { openConsent } from './consent-secret.ts'
import { auditRefusedToken, targetOf } from './record-token.ts'
import { askForToken, type TokenOutcome } from './request-token.ts'
import { findTokenConnection } from './require-token-connection.ts'
import { redirectUrlOf } from './start-consent.ts'
import { type GivenToken, storeToken, type TokenConnection } from './stored-token.ts'
import { grantText } from './token-rules.ts'

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
      readonly kind: 'connected' | 'refused' | 'failed'
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
  | { readonly kind: 'switched_off' }

/** The dependencies of the completion of consents. */
export type ConsentDeps = {
  readonly base: ContextBase
  readonly writeUnaudited: <T>(work: (tx: Writer) => Promise<T>) => Promise<T>
  readonly createContext: (caller: Caller) => Context
  /** Whether the feature `stored` is enabled for an organization. */
  readonly isSwitchedOn: (organizationId: string) => Promise<boolean>
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
    const digest = base.digests.digest(returned.state)
    const consent = await findOpenConsent(base.db, { digest, nowMs })
    if (consent === undefined) return { kind: 'expired' }
    if (!isOf(consent, returned)) return { kind: 'foreign' }
    const connection = await findTokenConnection(base, consent.connectionId)
    if (connection === undefined) return { kind: 'expired' }
    if (!(await deps.isSwitchedOn(connection.ownerId))) return { kind: 'switched_off' }
    // Of two concurrent requests with the same state, only one succeeds.
    if (!(await deps.writeUnaudited((tx) => useConsent(tx, { digest, nowMs }))))
      return { kind: 'expired' }
    const ctx = deps.createContext({ ...returned.caller, organizationId: connection.ownerId })
    return complete(ctx, { consent, connection, code: returned.code })
  }
}

/**
 * Login CSRF (RFC 6749 §10.12): an attacker must not connect the attacker's own account through a
 * victim's browser. A consent that a credential started is not bound to a browser.
 */
function isOf({ memberId }: ConsentRow, { caller: { actor } }: ConsentReturn): boolean {
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
  const come = (kind: 'connected' | 'refused' | 'failed'): ConsentOutcome => ({
    kind,
    integrationId,
    integrationName,
  })
  if (code === undefined) {
    await noteRefused(ctx, connection, 'access_denied')
    return come('refused')
  }
  const secret = await openConsent(ctx, consent)
  const grant = ctx.digests.digest(grantText(auth))
  if (secret?.grant !== grant) return { kind: 'expired' }
  const { verifier } = secret
  const redirectUri = redirectUrlOf(ctx.publicUrl)
  const proof = { kind: 'code', code, verifier, redirectUri } as const
  const outcome = await askForToken(ctx.outbound, auth, proof)
  if (outcome.kind === 'token') {
    return come((await adopt(ctx, connection, { grant, given: outcome })) ? 'connected' : 'failed')
  }
  await noteRefused(ctx, connection, reasonOf(outcome))
  return come(outcome.kind === 'rejected' ? 'refused' : outcome.kind)
}

/** A completed consent replaces the stored token and overrides token requests in progress. */
async function adopt(
  ctx: Context,
  connection: TokenConnection,
  { grant, given }: { readonly grant: string; readonly given: GivenToken },
): Promise<boolean> {
  const claimant = encodeHex(ctx.random(CLAIMANT_BYTES))
  return ctx.mutate(async (tx) => {
    const { connectionId, organizationId } = connection
    const version = await seizeToken(tx, organizationId, { connectionId, claimant })
    // The new consent may belong to another account, so the previous refresh token must not be
    // kept.
    const before = { version: version ?? 0, refreshToken: undefined }
    const held = await storeToken(tx, ctx, { connection, grant, before, given, claimant })
    const result = held !== undefined
    const finding = { atMs: ctx.clock.now(), tested: false, status: 'working' } as const
    const found = result ? await noteFinding(tx, connection, finding) : []
    return {
      result,
      audit: result
        ? {
            action: 'connection.authorized',
            affected: { 'connection.changed': found },
            target: targetOf(connection),
          }
        : auditRefusedToken(connection, 'connection_missing', [connectionId]),
    }
  })
}

/** Records the rejection only in the audit log: a previous consent may still be valid. */
async function noteRefused(
  ctx: Context,
  connection: TokenConnection,
  reason: string,
): Promise<void> {
  await ctx.mutate(async () => ({
    result: undefined,
    audit: auditRefusedToken(connection, reason),
  }))
}

function reasonOf(outcome: Exclude<TokenOutcome, GivenToken>): string {
  return outcome.kind === 'rejected' ? outcome.code : outcome.fault
}
