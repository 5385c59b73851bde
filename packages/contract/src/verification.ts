import * as z from 'zod'
import { boundedText, environment, instantOut, permission } from './fields.ts'
import { defineRoute } from './route.ts'
import { secret } from './secret.ts'

/** The results of a verification. */
export const verificationCodes = [
  'valid',
  'not_found',
  'revoked',
  'suspended',
  'expired',
  'insufficient_permissions',
  'unmapped_operation',
  'rate_limited',
  'ip_not_allowed',
  'wrong_api',
  'malformed',
] as const

/** A result of {@link verificationCodes}. */
export type VerificationCode = (typeof verificationCodes)[number]

/**
 * The outcomes that usage counts: every verification of a known credential, by code, and every issued
 * access token (`token_issued`). A permission counts when a `valid` verification requested it.
 */
export const usageOutcomes = [...verificationCodes, 'token_issued'] as const

/** An outcome of {@link usageOutcomes}. */
export type UsageOutcome = (typeof usageOutcomes)[number]

export const verify = defineRoute({
  operationId: 'verify',
  method: 'POST',
  path: '/v1/verify',
  tag: 'verification',
  summary:
    'Verify a credential or token, and optionally its permissions. Always 200, with a result code.',
  access: ['TOKEN_READ'],
  audit: {
    none: 'counted as usage; a rejected caller is audited as authentication.refused',
  },
  body: z.strictObject({
    /** The value of an `Authorization` header. */
    authorization: secret(z.string().max(16_384)).optional(),
    /** An access token (JWT). */
    token: secret(z.string().max(16_384)).optional(),
    clientId: z.string().max(256).optional(),
    clientSecret: secret(z.string().max(4096)).optional(),
    /** Permissions that the credential must have, all of them. */
    permissions: z.array(permission).max(64).optional(),
    /** With `path`: an operation of the API, whose permissions the credential must have. */
    method: z.string().max(32).optional(),
    path: z.string().max(8192).optional(),
    apiId: boundedText(64).optional(),
    /** The IP address of the client that presented the credential. */
    ip: z.string().max(64).optional(),
  }),
  status: 200,
  response: z.object({
    valid: z.boolean(),
    code: z.enum(verificationCodes),
    credentialId: z.string().optional(),
    clientId: z.string().optional(),
    organizationId: z.string().optional(),
    permissions: z.array(z.string()).optional(),
    missingPermissions: z.array(z.string()).optional(),
    expiresAt: instantOut.optional(),
    environment: environment.optional(),
  }),
  errors: ['rate_limited'],
  organization: false,
})
