import { encodeHex } from '@keyporter/protocol'
import type { Context } from '../../kernel/context.ts'
import type { CodePurpose, OneTimeCode } from './one-time-code-rows.ts'

const CODE_BYTES = 32
const HOUR_MS = 3_600_000

/** How long a code lives, by what it opens. */
const LIFETIME_MS: Record<CodePurpose, number> = { setup: HOUR_MS, join: 7 * 24 * HOUR_MS }

/** Whom a code is for; nobody yet at the first start. */
export type CodeOwner = { readonly id: string; readonly organizationId: string } | undefined

/** Makes a one-time code of 256 bits: its text, to be shown once, and the row that knows it again. */
export function newCode(
  { clock, random, digests }: Pick<Context, 'clock' | 'random' | 'digests'>,
  purpose: CodePurpose,
  owner: CodeOwner,
): { readonly code: string; readonly row: OneTimeCode } {
  const code = encodeHex(random(CODE_BYTES))
  const now = clock.now()
  return {
    code,
    row: {
      digest: digests.digest(code),
      purpose,
      memberId: owner?.id ?? null,
      organizationId: owner?.organizationId ?? null,
      createdAt: now,
      expiresAt: now + LIFETIME_MS[purpose],
      usedAt: null,
    },
  }
}
