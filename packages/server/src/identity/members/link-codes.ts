import { encodeHex } from '@keyporter/protocol'
import type { Context } from '../../kernel/context.ts'
import type { LinkCode, LinkCodePurpose } from './link-code-rows.ts'

const CODE_BYTES = 32
const HOUR_MS = 3_600_000

const LIFETIME_MS: Record<LinkCodePurpose, number> = {
  setup: HOUR_MS,
  invitation: 7 * 24 * HOUR_MS,
}

/** The member that a code belongs to. Undefined for a setup code. */
export type LinkCodeOwner = { readonly id: string; readonly organizationId: string } | undefined

/** Returns a new link code of 256 random bits, to be shown once, and the row to store. */
export function newLinkCode(
  { clock, random, digests }: Pick<Context, 'clock' | 'random' | 'digests'>,
  purpose: LinkCodePurpose,
  owner: LinkCodeOwner,
): { readonly code: string; readonly row: LinkCode } {
  const code = encodeHex(random(CODE_BYTES))
  const now = clock.now()
  return {
    code,
    row: {
      digest: digests.keyedDigest(code),
      purpose,
      memberId: owner?.id ?? null,
      organizationId: owner?.organizationId ?? null,
      createdAt: now,
      expiresAt: now + LIFETIME_MS[purpose],
      usedAt: null,
    },
  }
}
