import * as z from 'zod'
import {
  actorOut,
  byId,
  environment,
  instant,
  instantOut,
  lines,
  listQuery,
  lookupText,
  name,
  notes,
  page,
  permission,
  searchText,
} from './fields.ts'
import { defineRoute } from './route.ts'
import { secret } from './secret.ts'

const statusNames = ['active', 'suspended', 'expired', 'revoked'] as const
const status = z.enum(statusNames)
const kind = z.enum(['scoped', 'full_access'])
const attentionNames = ['expires_soon', 'never_used', 'unused', 'denied_calls'] as const
const anyAttention = z.enum(['any', ...attentionNames])

/** One status or several, in any order. */
const statuses = z
  .string()
  .max(64, { abort: true })
  .regex(new RegExp(`^(${statusNames.join('|')})(,(${statusNames.join('|')}))*$`), {
    error: `One or several of ${statusNames.join(', ')}, with commas between them`,
    abort: true,
  })
  .refine((text) => new Set(text.split(',')).size === text.split(',').length, {
    error: 'Each status once',
  })
  .meta({ example: 'active,suspended' })

/** A client ID with its secret(s), which we issued. No secret is in it. */
export const Credential = z
  .object({
    id: z.string(),
    clientId: z.string(),
    name: z.string(),
    notes: z.string(),
    status,
    environment,
    kind,
    permissions: z.array(z.string()),
    scope: z.string(),
    createdAt: instantOut,
    createdBy: actorOut,
    updatedAt: instantOut,
    expiresAt: instantOut,
    revokedAt: instantOut.nullable(),
    revokedBy: actorOut.nullable(),
    revokedReason: z.string().nullable(),
    /** When it stopped being usable: the instant of revocation or expiry; null while it is usable. */
    endedAt: instantOut.nullable(),
    /** How long it has been, or was, active. */
    activeSeconds: z.int(),
    lastUsedAt: instantOut.nullable(),
    lastUsedFrom: z.string().nullable(),
    /**
     * Why somebody should look at it, while it is active or suspended. `expires_soon`: at most 14 days or a
     * tenth of its lifetime are left. `never_used`: in more than 7 days. `unused`: not for more than 90 days.
     * `denied_calls`: of what usage counted in the last 24 hours, at least a twentieth was refused.
     */
    attention: z.array(z.enum(attentionNames)),
    secrets: z.array(
      z.object({
        id: z.string(),
        hint: z.string(),
        createdAt: instantOut,
        lastUsedAt: instantOut.nullable(),
        expiresAt: instantOut.nullable(),
      }),
    ),
    organizationId: z.string(),
    apiId: z.string(),
    apiIdentifier: z.string(),
    issuer: z.string(),
    tokenUrl: z.string(),
  })
  .meta({ id: 'Credential' })

const reason = lines(250)

export const list = defineRoute({
  operationId: 'listCredentials',
  method: 'GET',
  path: '/v1/credentials',
  tag: 'credentials',
  summary:
    'The organization’s credentials, revoked and expired ones included. As CSV (Accept): every matching one at once.',
  access: ['CREDENTIAL_READ'],
  feature: 'issued',
  audit: { none: 'reads' },
  query: z.strictObject({
    ...listQuery.shape,
    q: searchText.optional(),
    status: statuses.optional(),
    /** Those that have it; `any`: at least one. */
    attention: anyAttention.optional(),
    environment: environment.optional(),
    kind: kind.optional(),
    permission: permission.optional(),
    apiId: lookupText(64).optional(),
    createdById: lookupText(64).optional(),
    expiresFrom: instant.optional(),
    /** Exclusive. */
    expiresBefore: instant.optional(),
    /**
     * `-createdAt` unless given. CSV always has the order of creation, the newest first but for `createdAt`:
     * in another one, what changes while it is written would stand twice or not at all.
     */
    sort: z
      .enum([
        'createdAt',
        '-createdAt',
        'name',
        '-name',
        'expiresAt',
        '-expiresAt',
        'lastUsedAt',
        '-lastUsedAt',
      ])
      .optional(),
    include: z.literal('counts').optional(),
  }),
  status: 200,
  response: page(Credential).extend({
    /** With `include=counts`: how many there are of each status, whatever `status` and `attention` ask for. */
    counts: z.record(status, z.int()).optional(),
    /** With `include=counts`: how many have each attention, and how many any, just as well. */
    attentionCounts: z.record(anyAttention, z.int()).optional(),
  }),
  alsoProduces: ['text/csv'],
  errors: ['invalid_cursor', 'not_acceptable'],
})

export const create = defineRoute({
  operationId: 'createCredential',
  method: 'POST',
  path: '/v1/credentials',
  tag: 'credentials',
  summary: 'Create a credential. The secret is in this answer, and never again.',
  access: ['CREDENTIAL_READ', 'CREDENTIAL_WRITE'],
  feature: 'issued',
  audit: 'credential.created',
  body: z.strictObject({
    name,
    notes: notes.optional(),
    expiresAt: instant.optional(),
    /** The permissions, or `all`: every one that the api lists today. Left out for `full_access`. */
    permissions: z.union([z.literal('all'), z.array(permission).min(1).max(2000)]).optional(),
    apiId: lookupText(64).optional(),
    environment: environment.optional(),
    kind: kind.optional(),
  }),
  status: 201,
  response: Credential.extend({ clientSecret: secret(z.string().nullable()) }).meta({
    id: 'CreatedCredential',
  }),
  errors: ['api_required', 'not_found', 'cannot_grant'],
})

export const get = defineRoute({
  operationId: 'getCredential',
  method: 'GET',
  path: '/v1/credentials/:id',
  tag: 'credentials',
  summary: 'One credential.',
  access: ['CREDENTIAL_READ'],
  feature: 'issued',
  audit: { none: 'reads' },
  params: byId,
  status: 200,
  response: Credential,
  errors: ['not_found'],
})

export const update = defineRoute({
  operationId: 'updateCredential',
  method: 'PATCH',
  path: '/v1/credentials/:id',
  tag: 'credentials',
  summary: 'Change name, notes, expiry or permissions. Takes effect at once, in live tokens too.',
  access: ['CREDENTIAL_READ', 'CREDENTIAL_WRITE'],
  feature: 'issued',
  audit: 'credential.updated',
  params: byId,
  body: z.strictObject({
    name: name.optional(),
    notes: notes.nullable().optional(),
    expiresAt: instant.optional(),
    permissions: z.union([z.literal('all'), z.array(permission).min(1).max(2000)]).optional(),
  }),
  status: 200,
  response: Credential,
  errors: ['not_found', 'cannot_grant', 'credential_final', 'precondition_failed'],
})

export const revoke = defineRoute({
  operationId: 'revokeCredential',
  method: 'POST',
  path: '/v1/credentials/:id/revoke',
  tag: 'credentials',
  summary: 'Revoke a credential, for good. Its tokens die with it.',
  access: ['CREDENTIAL_READ', 'CREDENTIAL_WRITE'],
  feature: 'issued',
  audit: 'credential.revoked',
  params: byId,
  body: z.strictObject({ reason: reason.optional() }),
  status: 200,
  response: Credential,
  errors: ['not_found', 'already_revoked', 'precondition_failed'],
})

const counts = z.record(z.string(), z.int())

export const usage = defineRoute({
  operationId: 'getCredentialUsage',
  method: 'GET',
  path: '/v1/credentials/:id/usage',
  tag: 'credentials',
  summary:
    'How often the credential was used, by outcome and permission, per hour or day (UTC); at most a second behind.',
  access: ['CREDENTIAL_READ', 'USAGE_READ'],
  feature: 'issued',
  audit: { none: 'reads' },
  params: byId,
  query: z.strictObject({
    /** Widened to whole hours or days. 30 days before `to` unless given; by hour, 24 hours. */
    from: instant.optional(),
    /** Exclusive; now unless given. At most 400 days after `from`; by hour, 31 days. */
    to: instant.optional(),
    interval: z.enum(['hour', 'day']).optional(),
  }),
  status: 200,
  response: z.object({
    from: instantOut,
    to: instantOut,
    interval: z.enum(['hour', 'day']),
    buckets: z.array(z.object({ start: instantOut, outcomes: counts, permissions: counts })),
    totals: z.object({ outcomes: counts, permissions: counts }),
  }),
  errors: ['not_found'],
})
