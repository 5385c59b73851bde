import * as z from 'zod'
import {
  actorOut,
  boundedText,
  byId,
  environment,
  instant,
  instantOut,
  lines,
  listQuery,
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
const warningNames = ['expiring_soon', 'never_used', 'unused', 'rejected_requests'] as const
const anyWarning = z.enum(['any', ...warningNames])

/** One or more statuses, in any order. */
const statuses = z
  .string()
  .max(64, { abort: true })
  .regex(new RegExp(`^(${statusNames.join('|')})(,(${statusNames.join('|')}))*$`), {
    error: `Must be a comma-separated list of ${statusNames.join(', ')}.`,
    abort: true,
  })
  .refine((text) => new Set(text.split(',')).size === text.split(',').length, {
    error: 'Must not contain a status twice.',
  })
  .meta({ example: 'active,suspended' })

/** An issued credential: a client ID and its secrets. Contains only a hint of each secret. */
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
    /** When the credential was revoked or expired. Null while it is usable. */
    endedAt: instantOut.nullable(),
    /** Time from creation until the credential ended, or until now. */
    activeSeconds: z.int(),
    lastUsedAt: instantOut.nullable(),
    lastUsedFrom: z.string().nullable(),
    /**
     * Reasons to review an active or suspended credential. `expiring_soon`: at most 14 days or a tenth of
     * the lifetime are left. `never_used`: not used in more than 7 days since creation. `unused`: not used
     * for more than 90 days. `rejected_requests`: at least 5% of the requests of the last 24 hours were rejected.
     */
    warnings: z.array(z.enum(warningNames)),
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
    'List the credentials of the organization, including revoked and expired ones. As CSV (Accept): all matching credentials in one response.',
  access: ['CREDENTIAL_READ'],
  feature: 'issued',
  audit: { none: 'reads' },
  query: z.strictObject({
    ...listQuery.shape,
    q: searchText.optional(),
    status: statuses.optional(),
    /** Credentials with this warning. `any`: credentials with at least one warning. */
    warning: anyWarning.optional(),
    environment: environment.optional(),
    kind: kind.optional(),
    permission: permission.optional(),
    apiId: boundedText(64).optional(),
    createdById: boundedText(64).optional(),
    expiresFrom: instant.optional(),
    /** Exclusive. */
    expiresBefore: instant.optional(),
    /**
     * Default: `-createdAt`. CSV is always sorted by creation, ascending only with `createdAt`: with any
     * other order, a credential that changes during the export could appear twice or be missing.
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
    /** With `include=counts`: credentials per status. Ignores the filters `status` and `warning`. */
    counts: z.record(status, z.int()).optional(),
    /** With `include=counts`: credentials per warning. Ignores the filters `status` and `warning`. */
    warningCounts: z.record(anyWarning, z.int()).optional(),
  }),
  alsoProduces: ['text/csv'],
  errors: ['invalid_cursor', 'not_acceptable'],
})

export const create = defineRoute({
  operationId: 'createCredential',
  method: 'POST',
  path: '/v1/credentials',
  tag: 'credentials',
  summary: 'Create a credential. The response contains the secret, which is shown only once.',
  access: ['CREDENTIAL_READ', 'CREDENTIAL_WRITE'],
  feature: 'issued',
  audit: 'credential.created',
  body: z.strictObject({
    name,
    notes: notes.optional(),
    expiresAt: instant.optional(),
    /** Permissions, or `all` current permissions of the API. Omit for `full_access`. */
    permissions: z.union([z.literal('all'), z.array(permission).min(1).max(2000)]).optional(),
    apiId: boundedText(64).optional(),
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
  summary: 'Get a credential.',
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
  summary:
    'Update name, notes, expiry or permissions. Verification and introspection apply the change immediately, including to issued tokens.',
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
  errors: ['not_found', 'cannot_grant', 'credential_not_modifiable', 'precondition_failed'],
})

export const revoke = defineRoute({
  operationId: 'revokeCredential',
  method: 'POST',
  path: '/v1/credentials/:id/revoke',
  tag: 'credentials',
  summary:
    'Revoke a credential permanently. Verification and introspection reject it and its tokens immediately.',
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
    'Get usage counts by outcome and permission, per hour or day (UTC). Counts lag by at most one second.',
  access: ['CREDENTIAL_READ', 'USAGE_READ'],
  feature: 'issued',
  audit: { none: 'reads' },
  params: byId,
  query: z.strictObject({
    /** The range is widened to whole hours or days. Default: 30 days before `to`, or 24 hours by hour. */
    from: instant.optional(),
    /** Exclusive. Default: now. At most 400 days after `from`, or 31 days by hour. */
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
