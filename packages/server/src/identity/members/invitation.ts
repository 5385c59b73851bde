import { formatInstant } from '@keyporter/protocol'
import type { Context } from '../../kernel/context.ts'
import type { LinkCode } from './link-code-rows.ts'
import { newLinkCode } from './link-codes.ts'
import type { Member } from './rows.ts'

/** A single-use link to choose a password: the row to store, and the part that is shown once. */
export type Invitation = {
  readonly row: LinkCode
  readonly shown: { readonly url: string; readonly expiresAt: string }
}

/** Returns a new invitation. The code is in the URL fragment, which browsers do not send to servers. */
export function newInvitation(
  ctx: Pick<Context, 'clock' | 'random' | 'digests' | 'publicUrl'>,
  member: Member,
): Invitation {
  const { code, row } = newLinkCode(ctx, 'invitation', member)
  return {
    row,
    shown: {
      url: `${ctx.publicUrl}/join#code=${code}`,
      expiresAt: formatInstant(row.expiresAt),
    },
  }
}
