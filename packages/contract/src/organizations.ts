import * as z from 'zod'
import { byId, instantOut, listQuery, name, page, permission, searchText } from './fields.ts'
import { defineRoute } from './route.ts'

const features = z.object({ issued: z.boolean(), stored: z.boolean(), webhooks: z.boolean() })

/** What an organization's credentials may be. */
const policy = z.object({
  /** Lifetime in days of a credential whose creator names no expiry. */
  defaultLifetimeDays: z.int().min(1).max(365),
  /** Longest lifetime in days; one calendar year is the bound in any case. */
  maxLifetimeDays: z.int().min(1).max(366),
  /** The permissions that its credentials may have at most; null: every one of the apis granted to it. */
  permissionCeiling: z.array(permission).max(2000).nullable(),
})

/** An organization: the tenant that owns everything below it. */
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

const slug = z.string().regex(/^[a-z][a-z0-9-]{0,62}[a-z0-9]$/, {
  error: 'Lower case letters, digits and hyphens, 2 to 64',
})

const featuresIn = z.strictObject(features.partial().shape)
const policyIn = z.strictObject(policy.partial().shape)

export const list = defineRoute({
  operationId: 'listOrganizations',
  method: 'GET',
  path: '/v1/organizations',
  tag: 'organizations',
  summary: 'The organizations that the caller may see: its own, and for the operator every one.',
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
  summary: 'Create an organization. Only the operator may.',
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
  summary: 'One organization.',
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
  summary: 'Change an organization. Features, policy and slug are the operator’s to change.',
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
