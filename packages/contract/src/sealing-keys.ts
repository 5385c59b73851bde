import * as z from 'zod'
import { pathId } from './fields.ts'
import { defineRoute } from './route.ts'

/** The keys with which secrets are sealed: how far each of them is. No key is ever part of an answer. */
const SealingKeys = z
  .object({
    rootKey: z.object({
      /** Under it everything new is sealed. */
      id: z.string(),
      /** A newer key that is at hand; a rotation puts it into use. */
      nextId: z.string().nullable(),
      /** The key before, as long as values are under it: it must stay at hand. */
      previousId: z.string().nullable(),
      /** How many values are still under the key before. */
      remaining: z.int(),
    }),
    organizationKeys: z.object({
      /** In use, one for each organization that has secrets. */
      present: z.int(),
      /** Retired: secrets are still being sealed anew under the present one. */
      retired: z.int(),
    }),
  })
  .meta({ id: 'SealingKeys' })

export const status = defineRoute({
  operationId: 'getSealingKeys',
  method: 'GET',
  path: '/v1/sealing-keys',
  tag: 'sealing-keys',
  summary: 'How far the rotation of root key and organization keys is. Operator only.',
  access: ['SIGNING_KEY_READ'],
  audit: { none: 'reads' },
  query: z.strictObject({
    /** Counts the keys of this organization alone. */
    organizationId: pathId.optional(),
  }),
  status: 200,
  response: SealingKeys,
  errors: ['operator_only', 'not_found'],
  organization: false,
})

export const rotate = defineRoute({
  operationId: 'rotateSealingKeys',
  method: 'POST',
  path: '/v1/sealing-keys/rotate',
  tag: 'sealing-keys',
  summary:
    'Seal everything anew: under the next root key, or under new keys of one or all organizations. Goes on while Keyporter serves.',
  access: ['SIGNING_KEY_READ', 'SIGNING_KEY_WRITE'],
  audit: ['root_key.rotated', 'organization_key.rotated'],
  body: z.strictObject({
    scope: z.enum(['root', 'organizations']),
    /** With `organizations`: this one alone. */
    organizationId: pathId.optional(),
  }),
  status: 200,
  response: SealingKeys,
  errors: ['operator_only', 'not_found', 'already_exists', 'root_key_missing'],
  organization: false,
})

export const destroy = defineRoute({
  operationId: 'destroySealingKeys',
  method: 'POST',
  path: '/v1/sealing-keys/destroy',
  tag: 'sealing-keys',
  summary:
    'Destroy the keys of an organization, for good: no secret of it can be read any more. Operator only.',
  access: ['SIGNING_KEY_WRITE', 'ORGANIZATION_WRITE'],
  audit: 'organization.keys_destroyed',
  body: z.strictObject({
    organizationId: pathId,
    /** The slug of the organization, typed by whoever means it. */
    confirm: z.string().max(200),
  }),
  status: 200,
  response: z.object({
    organizationId: z.string(),
    /** How many keys were destroyed. */
    keys: z.int(),
    /** How many connections have to be given their values again. */
    connections: z.int(),
  }),
  errors: ['operator_only', 'not_found'],
  organization: false,
})
