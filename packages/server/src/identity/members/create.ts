import { type Input, type Output, type Privilege, type routes } from '@keyporter/contract'
import { generateId } from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import type { Context } from '../../kernel/context.ts'
import { auditMemberCreated } from './audit-entry.ts'
import { newInvitation } from './invitation.ts'
import { insertLinkCode } from './link-code-rows.ts'
import { defaultPreferences } from './preferences.ts'
import { toMember } from './presenter.ts'
import { insertMember, type Member, orderPrivileges } from './rows.ts'
import { requireCanGrant } from './rules.ts'

type Route = typeof routes.members.create

/**
 * Adds a member and returns an invitation link. The member joins by choosing a password with the link,
 * which works once, within seven days.
 *
 * @throws {AppError} `cannot_grant`, `already_exists` when a member of the organization has this e-mail
 *   address
 */
export async function createMember(ctx: Context, { body }: Input<Route>): Promise<Output<Route>> {
  requireCanGrant(ctx.actor, body.privileges)
  const member = newMember(ctx, { ...body, organizationId: ctx.organizationId })
  const invitation = newInvitation(ctx, member)
  return ctx.mutate(async (tx) => {
    if (!(await insertMember(tx, member))) throw emailTaken()
    await insertLinkCode(tx, invitation.row)
    return {
      result: { ...toMember(member), invitation: invitation.shown },
      audit: auditMemberCreated(member),
    }
  })
}

/** Returns a new member, not stored yet. Without a password hash the member is `invited`. */
export function newMember(
  { clock, random }: Pick<Context, 'clock' | 'random'>,
  draft: {
    readonly organizationId: string
    readonly email: string
    readonly name: string
    readonly privileges: readonly Privilege[]
    readonly passwordHash?: string
  },
): Member {
  const now = clock.now()
  return {
    id: generateId('mem', now, random),
    organizationId: draft.organizationId,
    email: draft.email,
    name: draft.name,
    privileges: orderPrivileges(draft.privileges),
    passwordHash: draft.passwordHash ?? null,
    preferences: defaultPreferences,
    totpEnabledAt: null,
    deactivatedAt: null,
    lastSignedInAt: null,
    createdAt: now,
    updatedAt: now,
    version: 1,
  }
}

function emailTaken(): AppError {
  const detail = 'Another member of this organization has this e-mail address'
  return new AppError('already_exists', {
    detail: `${detail}. Use a different address, or update that member.`,
    fields: [{ pointer: '/email', code: 'taken', detail }],
  })
}
