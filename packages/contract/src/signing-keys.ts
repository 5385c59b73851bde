import * as z from 'zod'
import { instantOut, signingAlgorithm } from './fields.ts'
import { defineRoute } from './route.ts'

/** A key that signs access tokens. Never contains the private key. */
const SigningKey = z
  .object({
    id: z.string(),
    algorithm: signingAlgorithm,
    /** `pending`: published, does not sign yet. `active`: signs. `retired`: published until its last token expires. */
    status: z.enum(['pending', 'active', 'retired']),
    createdAt: instantOut,
    activatesAt: instantOut,
    retiresAt: instantOut.nullable(),
  })
  .meta({ id: 'SigningKey' })

export const list = defineRoute({
  operationId: 'listSigningKeys',
  method: 'GET',
  path: '/v1/signing-keys',
  tag: 'signing-keys',
  summary: 'List the keys that sign access tokens. Operator only.',
  access: ['SIGNING_KEY_READ'],
  audit: { none: 'reads' },
  status: 200,
  response: z.object({ data: z.array(SigningKey), nextCursor: z.null() }),
  errors: ['operator_only'],
  organization: false,
})

export const rotate = defineRoute({
  operationId: 'rotateSigningKey',
  method: 'POST',
  path: '/v1/signing-keys/rotate',
  tag: 'signing-keys',
  summary:
    'Publish a new key, and sign with it after cached key sets have expired. Issued tokens stay valid. Operator only.',
  access: ['SIGNING_KEY_READ', 'SIGNING_KEY_WRITE'],
  audit: 'signing_key.rotated',
  body: z.strictObject({
    algorithm: signingAlgorithm.optional(),
    /** Sign with the new key immediately. Verifiers must refetch the key set for an unknown `kid`. */
    immediately: z.boolean().optional(),
  }),
  status: 201,
  response: SigningKey,
  errors: ['operator_only', 'already_exists'],
  organization: false,
})
