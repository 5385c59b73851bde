import * as z from 'zod'
import { pathId } from './fields.ts'
import { defineRoute } from './route.ts'

/** The state of the encryption keys and of their rotation. Never contains key material. */
const EncryptionKeys = z
  .object({
    rootKey: z.object({
      /** The current root key. Encrypts all new data. */
      id: z.string(),
      /** A configured root key that the next rotation makes current. */
      nextId: z.string().nullable(),
      /** The previous root key. Must stay configured while data is encrypted with it. */
      previousId: z.string().nullable(),
      /** Number of stored ciphertexts that still use the previous root key. */
      remaining: z.int(),
    }),
    organizationKeys: z.object({
      /** Number of current keys: one for each organization with secrets. */
      current: z.int(),
      /** Number of retired keys, whose secrets are being re-encrypted. */
      retired: z.int(),
    }),
  })
  .meta({ id: 'EncryptionKeys' })

export const status = defineRoute({
  operationId: 'getEncryptionKeys',
  method: 'GET',
  path: '/v1/encryption-keys',
  tag: 'encryption-keys',
  summary:
    'Get the state of the root key, the organization keys and their rotation. Operator only.',
  access: ['SIGNING_KEY_READ'],
  audit: { none: 'reads' },
  query: z.strictObject({
    /** Count only the keys of this organization. */
    organizationId: pathId.optional(),
  }),
  status: 200,
  response: EncryptionKeys,
  errors: ['operator_only', 'not_found'],
  organization: false,
})

export const rotate = defineRoute({
  operationId: 'rotateEncryptionKeys',
  method: 'POST',
  path: '/v1/encryption-keys/rotate',
  tag: 'encryption-keys',
  summary:
    'Rotate the root key, or the keys of one or all organizations. Re-encryption runs in the background. Operator only.',
  access: ['SIGNING_KEY_READ', 'SIGNING_KEY_WRITE'],
  audit: ['root_key.rotated', 'organization_key.rotated'],
  body: z.strictObject({
    scope: z.enum(['root', 'organizations']),
    /** With `organizations`: rotate only the keys of this organization. */
    organizationId: pathId.optional(),
  }),
  status: 200,
  response: EncryptionKeys,
  errors: ['operator_only', 'not_found', 'already_exists', 'root_key_missing'],
  organization: false,
})

export const destroy = defineRoute({
  operationId: 'destroyEncryptionKeys',
  method: 'POST',
  path: '/v1/encryption-keys/destroy',
  tag: 'encryption-keys',
  summary:
    'Destroy the encryption keys of an organization permanently. Its stored secrets become unreadable. Operator only.',
  access: ['SIGNING_KEY_WRITE', 'ORGANIZATION_WRITE'],
  audit: 'organization.keys_destroyed',
  body: z.strictObject({
    organizationId: pathId,
    /** The slug of the organization, as a confirmation. */
    confirm: z.string().max(200),
  }),
  status: 200,
  response: z.object({
    organizationId: z.string(),
    /** Number of destroyed keys. */
    keys: z.int(),
    /** Number of connections whose credentials must be entered again. */
    connections: z.int(),
  }),
  errors: ['operator_only', 'not_found'],
  organization: false,
})
