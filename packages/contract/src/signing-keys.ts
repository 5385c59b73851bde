import * as z from 'zod'
import { instantOut } from './fields.ts'
import { defineRoute } from './route.ts'

const algorithm = z.enum(['ES256', 'EdDSA', 'RS256'])

/** A key with which access tokens are signed. The private half never leaves. */
const SigningKey = z
  .object({
    id: z.string(),
    algorithm,
    /** `pending`: published, not yet used · `active`: signs · `retired`: published until its last token is dead. */
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
  summary: 'The keys with which tokens are signed. Operator only.',
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
    'Publish a new key now and sign with it once every cache has seen it; old tokens stay valid.',
  access: ['SIGNING_KEY_READ', 'SIGNING_KEY_WRITE'],
  audit: 'signing_key.rotated',
  body: z.strictObject({
    algorithm: algorithm.optional(),
    /** Sign with the new key at once (verifiers must refetch for an unknown kid). */
    immediately: z.boolean().optional(),
  }),
  status: 201,
  response: SigningKey,
  errors: ['operator_only', 'already_exists'],
  organization: false,
})
