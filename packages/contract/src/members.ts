import * as z from 'zod'
import {
  byId,
  email,
  instantOut,
  listQuery,
  name,
  newPassword,
  page,
  searchText,
} from './fields.ts'
import { privileges } from './permissions.ts'
import { defineRoute } from './route.ts'
import { secret } from './secret.ts'

/** The name of a privilege. */
export const privilege = z.enum(Object.keys(privileges) as [keyof typeof privileges])

/** A person in an organization. */
export const Member = z
  .object({
    id: z.string(),
    organizationId: z.string(),
    email: z.string(),
    name: z.string(),
    privileges: z.array(privilege),
    status: z.enum(['invited', 'active', 'deactivated']),
    createdAt: instantOut,
    updatedAt: instantOut,
    lastSignedInAt: instantOut.nullable(),
    /** Whether sign-in requires a one-time code (RFC 6238) in addition to the password. */
    totpEnabled: z.boolean(),
  })
  .meta({ id: 'Member' })

/** An invitation or reset link, with which a member chooses a password. Shown once: null in a replayed response. */
const Invitation = z
  .object({ url: secret(z.string().nullable()), expiresAt: instantOut })
  .meta({ id: 'Invitation' })

export const list = defineRoute({
  operationId: 'listMembers',
  method: 'GET',
  path: '/v1/members',
  tag: 'members',
  summary: 'List the members of the organization.',
  access: ['MEMBER_READ'],
  audit: { none: 'reads' },
  query: z.strictObject({ ...listQuery.shape, q: searchText.optional() }),
  status: 200,
  response: page(Member),
  errors: ['invalid_cursor'],
})

export const create = defineRoute({
  operationId: 'createMember',
  method: 'POST',
  path: '/v1/members',
  tag: 'members',
  summary:
    'Add a member. The response contains the invitation link to choose a password, shown only once.',
  access: ['MEMBER_READ', 'MEMBER_WRITE'],
  audit: 'member.created',
  body: z.strictObject({ email, name, privileges: z.array(privilege).max(32) }),
  status: 201,
  response: Member.extend({ invitation: Invitation }),
  errors: ['cannot_grant', 'already_exists'],
})

export const get = defineRoute({
  operationId: 'getMember',
  method: 'GET',
  path: '/v1/members/:id',
  tag: 'members',
  summary: 'Get a member.',
  access: ['MEMBER_READ'],
  audit: { none: 'reads' },
  params: byId,
  status: 200,
  response: Member,
  errors: ['not_found'],
})

export const update = defineRoute({
  operationId: 'updateMember',
  method: 'PATCH',
  path: '/v1/members/:id',
  tag: 'members',
  summary: 'Update the name, privileges or activation of a member. Takes effect immediately.',
  access: ['MEMBER_READ', 'MEMBER_WRITE'],
  audit: 'member.updated',
  params: byId,
  body: z.strictObject({
    name: name.optional(),
    privileges: z.array(privilege).max(32).optional(),
    active: z.boolean().optional(),
  }),
  status: 200,
  response: Member,
  errors: ['not_found', 'cannot_grant', 'last_owner', 'precondition_failed'],
})

export const invite = defineRoute({
  operationId: 'inviteMember',
  method: 'POST',
  path: '/v1/members/:id/invitation',
  tag: 'members',
  summary:
    'Create an invitation link or, for a member who has joined, a reset link to choose a password.',
  access: ['MEMBER_READ', 'MEMBER_WRITE'],
  audit: 'member.invited',
  params: byId,
  status: 201,
  response: Invitation,
  errors: ['not_found', 'cannot_grant', 'precondition_failed'],
})

export const removeTotp = defineRoute({
  operationId: 'removeMemberTotp',
  method: 'POST',
  path: '/v1/members/:id/totp/remove',
  tag: 'members',
  summary: 'Turn off two-factor authentication for a member who lost their authenticator.',
  access: ['MEMBER_READ', 'MEMBER_WRITE'],
  audit: 'member.totp_removed',
  params: byId,
  status: 204,
  response: z.undefined(),
  errors: ['not_found', 'cannot_grant', 'precondition_failed'],
})

export const acceptInvitation = defineRoute({
  operationId: 'acceptInvitation',
  method: 'POST',
  path: '/v1/invitations/accept',
  tag: 'members',
  summary: 'Accept an invitation and choose a password.',
  access: 'public',
  audit: 'member.joined',
  body: z.strictObject({ code: secret(z.string().min(1).max(128)), password: secret(newPassword) }),
  status: 200,
  response: Member,
  errors: ['invalid_code', 'rate_limited'],
  organization: false,
})
