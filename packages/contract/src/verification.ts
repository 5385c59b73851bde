import * as z from 'zod'
import { environment, instantOut, lookupText, permission } from './fields.ts'
import { defineRoute } from './route.ts'
import { secret } from './secret.ts'

/** Why a verification came out as it did. */
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

/** A code of the list. */
export type VerificationCode = (typeof verificationCodes)[number]

/**
 * What usage counts: every verification of a known credential, by its code, and every access token that
 * was minted (`token_issued`). A permission is counted when a `valid` verification asked for it.
 */
export const usageOutcomes = [...verificationCodes, 'token_issued'] as const

/** An outcome of the list. */
export type UsageOutcome = (typeof usageOutcomes)[number]

export const verify = defineRoute({
  operationId: 'verify',
  method: 'POST',
  path: '/v1/verify',
  tag: 'verification',
  summary: 'Is this credential or token good, and good for this? Always 200, with a reason.',
  access: ['TOKEN_READ'],
  audit: {
    none: 'counted in usage; a refusal of our own caller is audited as authentication.refused',
  },
  body: z.strictObject({
    /** The raw value of an Authorization header. */
    authorization: secret(z.string().max(16_384)).optional(),
    /** An access token (JWT). */
    token: secret(z.string().max(16_384)).optional(),
    clientId: z.string().max(256).optional(),
    clientSecret: secret(z.string().max(4096)).optional(),
    /** Every one of these is needed. */
    permissions: z.array(permission).max(64).optional(),
    /** Or: what the api's map asks for this method and path. */
    method: z.string().max(32).optional(),
    path: z.string().max(8192).optional(),
    apiId: lookupText(64).optional(),
    /** From where the caller's caller calls. */
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
