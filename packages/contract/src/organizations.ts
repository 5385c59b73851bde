import * as z from 'zod'
import { byId, instantOut, listQuery, name, page, permission, searchText, slug } from './fields.ts'
import { defineRoute } from './route.ts'

const features = z.object({ issued: z.boolean(), stored: z.boolean(), webhooks: z.boolean() })

/** Limits for the credentials of an organization. */
const policy = z.object({
  /** Lifetime in days of a credential created without an expiry. */
  defaultLifetimeDays: z.int().min(1).max(365),
  /** Maximum lifetime in days. One calendar year is the upper limit in any case. */
  maxLifetimeDays: z.int().min(1).max(366),
  /** Permissions that credentials can have at most. Null: every permission of the available APIs. */
  permissionCeiling: z.array(permission).max(2000).nullable(),
})

/** An organization: a tenant, which owns its members, credentials and integrations. */
export const Organization = z
  .object({
    id: z.string(),
    name: z.string(),
    slug: z.string(),
    operator: z.boolean(),
    features,
    policy,
    createdAt: instantOut,
    updatedAt: instantOut,
  })
  .meta({ id: 'Organization' })

const featuresIn = z.strictObject(features.partial().shape)
const policyIn = z.strictObject(policy.partial().shape)

export const list = defineRoute({
  operationId: 'listOrganizations',
  method: 'GET',
  path: '/v1/organizations',
  tag: 'organizations',
  summary: 'List the organization of the caller. For the operator: list all organizations.',
  access: ['ORGANIZATION_READ'],
  audit: { none: 'reads' },
  query: z.strictObject({ ...listQuery.shape, q: searchText.optional() }),
  status: 200,
  response: page(Organization),
  errors: ['invalid_cursor'],
  organization: false,
})

export const create = defineRoute({
  operationId: 'createOrganization',
  method: 'POST',
  path: '/v1/organizations',
  tag: 'organizations',
  summary: 'Create an organization. Operator only.',
  access: ['ORGANIZATION_WRITE'],
  audit: 'organization.created',
  body: z.strictObject({
    name,
    slug: slug.optional(),
    features: featuresIn.optional(),
    policy: policyIn.optional(),
  }),
  status: 201,
  response: Organization,
  errors: ['operator_only', 'already_exists'],
  organization: false,
})

export const get = defineRoute({
  operationId: 'getOrganization',
  method: 'GET',
  path: '/v1/organizations/:id',
  tag: 'organizations',
  summary: 'Get an organization.',
  access: ['ORGANIZATION_READ'],
  audit: { none: 'reads' },
  params: byId,
  status: 200,
  response: Organization,
  errors: ['not_found'],
  organization: false,
})

export const update = defineRoute({
  operationId: 'updateOrganization',
  method: 'PATCH',
  path: '/v1/organizations/:id',
  tag: 'organizations',
  summary: 'Update an organization. Only the operator can change features, policy and slug.',
  access: ['ORGANIZATION_WRITE'],
  audit: 'organization.updated',
  params: byId,
  body: z.strictObject({
    name: name.optional(),
    slug: slug.optional(),
    features: featuresIn.optional(),
    policy: policyIn.optional(),
  }),
  status: 200,
  response: Organization,
  errors: ['not_found', 'operator_only', 'already_exists', 'precondition_failed'],
  organization: false,
})
