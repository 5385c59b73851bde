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

/** What the other side's redirect brought, and in whose browser. */
export type ConsentReturn = {
  readonly state: string
  /** Undefined where the other side says that there is none. */
  readonly code: string | undefined
  readonly caller: Pick<Caller, 'actor' | 'operator' | 'requestId' | 'ip' | 'userAgent'>
}

/** What came of it. */
export type ConsentOutcome =
  | {
      readonly kind: 'connected' | 'refused' | 'failed'
      readonly integrationId: string
      readonly integrationName: string
    }
  /** Unknown, used already, too old, or begun with other settings than there are now. */
  | { readonly kind: 'expired' }
  /** Begun by a member who is not signed in here. */
  | { readonly kind: 'foreign' }
  /** The organization does not have this part of the product. */
  | { readonly kind: 'switched_off' }

/** What completing a consent needs. */
export type ConsentDeps = {
  readonly base: ContextBase
  readonly writeUnaudited: <T>(work: (tx: Writer) => Promise<T>) => Promise<T>
  readonly createContext: (caller: Caller) => Context
  /** Whether the organization has the stored door. */
  readonly isSwitchedOn: (organizationId: string) => Promise<boolean>
}

const STATE = /^[A-Za-z0-9_-]{43}$/
const CLAIMANT_BYTES = 16

/** Completes consents: turns the code of one into tokens, which are stored before anything is said. */
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
    // Of two who come with the same one, the second comes too late.
    if (!(await deps.writeUnaudited((tx) => useConsent(tx, { digest, nowMs }))))
      return { kind: 'expired' }
    const ctx = deps.createContext({ ...returned.caller, organizationId: connection.ownerId })
    return complete(ctx, { consent, connection, code: returned.code })
  }
}

/**
 * Login CSRF (RFC 6749 §10.12): who is led here with somebody else's code and state must not connect that
 * one's account. What a credential began has no browser that it could be bound to.
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
  const outcome = await askForToken(ctx.egress, auth, proof)
  if (outcome.kind === 'token') {
    return come((await adopt(ctx, connection, { grant, given: outcome })) ? 'connected' : 'failed')
  }
  await noteRefused(ctx, connection, reasonOf(outcome))
  return come(outcome.kind === 'rejected' ? 'refused' : outcome.kind)
}

/** What a person consented to replaces whatever there was, and whatever is being fetched. */
async function adopt(
  ctx: Context,
  connection: TokenConnection,
  { grant, given }: { readonly grant: string; readonly given: GivenToken },
): Promise<boolean> {
  const claimant = encodeHex(ctx.random(CLAIMANT_BYTES))
  return ctx.mutate(async (tx) => {
    const { connectionId, organizationId } = connection
    const version = await seizeToken(tx, organizationId, { connectionId, claimant })
    // Another person may have signed in: the refresh token of the one before has nothing to do with it.
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

/** The consent before this one may still be good: it is noted that this one was refused, and nothing else. */
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
