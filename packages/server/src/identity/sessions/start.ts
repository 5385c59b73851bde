import { encodeBase64url, generateId } from '@keyporter/protocol'
import type { AuditEntry, Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import { insertSession } from './rows.ts'
import { ABSOLUTE_TIMEOUT_MS, sessionCookie } from './rules.ts'

const TOKEN_BYTES = 32

/** An authentication factor that a member presented at sign-in. */
export type Factor = 'password' | 'totp' | 'recovery_code'

/**
 * Creates a session for a member. The cookie contains 256 random bits, the store their digest.
 *
 * @returns the `Set-Cookie` value, and the audit entry to append in the same transaction
 */
export async function startSession(
  ctx: Context,
  tx: Writer,
  {
    member,
    factors,
  }: {
    readonly member: { readonly id: string; readonly organizationId: string; readonly name: string }
    readonly factors: readonly Factor[]
  },
): Promise<{ readonly sessionId: string; readonly cookie: string; readonly audit: AuditEntry }> {
  const { id: memberId, organizationId, name } = member
  const now = ctx.clock.now()
  const token = encodeBase64url(ctx.random(TOKEN_BYTES))
  const id = generateId('ses', now, ctx.random)
  await insertSession(tx, {
    id,
    digest: ctx.digests.keyedDigest(token),
    memberId,
    organizationId,
    ip: ctx.ip ?? '',
    userAgent: ctx.userAgent,
    createdAt: now,
    lastSeenAt: now,
    expiresAt: now + ABSOLUTE_TIMEOUT_MS,
    endedAt: null,
  })
  return {
    sessionId: id,
    cookie: sessionCookie(ctx.publicUrl, token),
    audit: {
      action: 'session.created',
      organizationId,
      actor: { type: 'member', id: memberId, name },
      target: { type: 'session', id, name },
      changes: { factors: { from: null, to: factors } },
    },
  }
}
