import { type Input, type Output, type Privilege, type routes } from '@keyporter/contract'
import { generateId } from '@keyporter/protocol'
import { AppError } from '../../kernel/app-error.ts'
import type { Context } from '../../kernel/context.ts'
import { memberAuditEntry } from './audit-entry.ts'
import { newInvitation } from './invitation.ts'
import { insertCode } from './one-time-code-rows.ts'
import { defaultPreferences } from './preferences.ts'
import { toMember } from './presenter.ts'
import { insertMember, type Member, orderPrivileges } from './rows.ts'
import { requireCanGrant } from './rules.ts'

type Route = typeof routes.members.create

/**
 * Adds a member, who joins by choosing a password with the link in the answer: this once, within seven
 * days.
 *
 * @throws {AppError} `cannot_grant`, `already_exists` when the organization has one with this address
 */
export async function createMember(ctx: Context, { body }: Input<Route>): Promise<Output<Route>> {
  requireCanGrant(ctx.actor, body.privileges)
  const member = newMember(ctx, { ...body, organizationId: ctx.organizationId })
  const invitation = newInvitation(ctx, member)
  return ctx.mutate(async (tx) => {
    if (!(await insertMember(tx, member))) throw emailTaken()
    await insertCode(tx, invitation.row)
    const { email, privileges } = member
    return {
      result: { ...toMember(member), invitation: invitation.shown },
      audit: memberAuditEntry(member, {
        action: 'member.created',
        changes: {
          email: { from: null, to: email },
          privileges: { from: [], to: privileges },
        },
      }),
    }
  })
}

/** A member who is about to be added; they have joined when they have a password. */
export function newMember(
  { clock, random }: Pick<Context, 'clock' | 'random'>,
  asked: {
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
    organizationId: asked.organizationId,
    email: asked.email,
    name: asked.name,
    privileges: orderPrivileges(asked.privileges),
    passwordHash: asked.passwordHash ?? null,
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
  const detail = 'A member of this organization has this e-mail address'
  return new AppError('already_exists', {
    detail: `${detail}.`,
    fields: [{ pointer: '/email', code: 'taken', detail }],
  })
}
