import { createHash } from 'node:crypto'
import type { Input, Output, routes } from '@keyporter/contract'
import {
  authorizationUrl,
  encodeBase64url,
  formatInstant,
  pkceChallenge,
} from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import type { Context } from '../../kernel/context.ts'
import { insertConsent } from '../integrations/index.ts'
import { encryptConsent } from './consent-secret.ts'
import { targetOf } from './record-token.ts'
import { requireTokenConnection } from './require-token-connection.ts'
import { fingerprintInput } from './token-rules.ts'

type Route = typeof routes.connections.authorize

const CONSENT_MS = 10 * 60_000
const RANDOM_BYTES = 32

/**
 * Starts an OAuth consent: returns the URL at which a person authorizes the connection. The
 * upstream redirects back to `/connect/callback`, which accepts the consent once, within ten
 * minutes, and only in the browser of the member who started it.
 *
 * @throws {AppError} `not_found`, `connection_missing`, `operation_not_supported`
 */
export async function startConsent(ctx: Context, { params }: Input<Route>): Promise<Output<Route>> {
  const connection = await requireTokenConnection(ctx, params)
  const { auth, connectionId, organizationId } = connection
  if (auth.kind !== 'oauth2_authorization_code') {
    throw new AppError('operation_not_supported', {
      detail: `The authentication type ${auth.kind} does not support that operation. Only oauth2_authorization_code requires consent.`,
    })
  }
  const state = encodeBase64url(ctx.random(RANDOM_BYTES))
  const verifier = encodeBase64url(ctx.random(RANDOM_BYTES))
  const digest = ctx.digests.keyedDigest(state)
  const createdAt = ctx.clock.now()
  const expiresAt = createdAt + CONSENT_MS
  await ctx.mutate(async (tx) => {
    const secret = { verifier, fingerprint: ctx.digests.keyedDigest(fingerprintInput(auth)) }
    await insertConsent(tx, {
      digest,
      connectionId,
      organizationId,
      memberId: ctx.actor.kind === 'member' ? ctx.actor.id : null,
      encryptedVerifier: await encryptConsent(ctx, tx, {
        secret,
        consent: { organizationId, digest },
      }),
      createdAt,
      expiresAt,
      usedAt: null,
    })
    const audit = {
      action: 'connection.authorization_started',
      target: targetOf(connection),
    } as const
    return { result: undefined, audit }
  })
  const redirectUrl = redirectUrlOf(ctx.publicUrl)
  const challenge = pkceChallenge(verifier, sha256)
  return {
    url: authorizationUrl({ ...auth, redirectUri: redirectUrl, state, challenge }),
    redirectUrl,
    expiresAt: formatInstant(expiresAt),
  }
}

/** Returns the redirect URI of all consents. It must be registered with the upstream. */
export function redirectUrlOf(publicUrl: string): string {
  return `${publicUrl.replace(/\/$/, '')}/connect/callback`
}

function sha256(text: string): Uint8Array {
  return createHash('sha256').update(text).digest()
}
