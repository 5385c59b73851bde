import { formatInstant } from '@keyporter/protocol'
import type { Context } from '../../kernel/context.ts'
import type { OneTimeCode } from './one-time-code-rows.ts'
import { newCode } from './one-time-codes.ts'
import type { Member } from './rows.ts'

/** A one-time link to choose a password: the row to store, and the part that is shown once. */
export type Invitation = {
  readonly row: OneTimeCode
  readonly shown: { readonly url: string; readonly expiresAt: string }
}

/** Returns a new invitation. The code is in the URL fragment, which browsers do not send to servers. */
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
