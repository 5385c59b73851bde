import { formatInstant } from '@keyporter/protocol'
import type { Context } from '../../kernel/context.ts'
import type { OneTimeCode } from './one-time-code-rows.ts'
import { newCode } from './one-time-codes.ts'
import type { Member } from './rows.ts'

/** A link with which a member chooses a password: what is shown of it, once, and the row that knows it. */
export type Invitation = {
  readonly row: OneTimeCode
  readonly shown: { readonly url: string; readonly expiresAt: string }
}

/** Makes an invitation. The code stands behind `#`, which browsers send to nobody. */
export function newInvitation(
  ctx: Pick<Context, 'clock' | 'random' | 'digests' | 'publicUrl'>,
  member: Member,
): Invitation {
  const { code, row } = newCode(ctx, 'join', member)
  return {
    row,
    shown: {
      url: `${ctx.publicUrl}/join#code=${code}`,
      expiresAt: formatInstant(row.expiresAt),
    },
  }
}
