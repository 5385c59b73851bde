import * as z from 'zod'
import { byId, lookupText } from './fields.ts'
import { headerName, headerValue } from './header-fields.ts'
import { defineRoute } from './route.ts'

/** As it stands on the wire: percent-encoded, with a slash in front; a query may follow. */
const path = lookupText(8192).regex(/^\/[\x21-\x22\x24-\x7E]*$/, {
  error: 'A path with a slash in front, percent-encoded, without a fragment',
})
const method = z.string().regex(/^[A-Z]{1,16}$/, { error: 'A method such as GET' })

const header = z.object({ name: z.string(), value: z.string() })

export const sign = defineRoute({
  operationId: 'signCall',
  method: 'POST',
  path: '/v1/integrations/:id/sign',
  tag: 'calls',
  summary:
    'Sign one request: the address and headers to send. For the kinds whose signature does not hold the secret.',
  access: ['CALL_WRITE'],
  feature: 'stored',
  audit: { none: 'a call changes nothing here; its use is counted' },
  params: byId,
  body: z.strictObject({
    method,
    /** Below the base URL; a query may stand in it, or in `query`. */
    path,
    query: z
      .record(lookupText(1024), z.union([lookupText(8192), z.array(lookupText(8192)).max(1000)]))
      .optional(),
    headers: z
      .array(z.strictObject({ name: headerName, value: headerValue }))
      .max(100)
      .optional(),
    /** The body as text. */
    body: z.string().max(1_048_576).optional(),
    /** In place of the body: its SHA-256, 64 hexadecimal digits. */
    bodySha256: z
      .string()
      .regex(/^[0-9a-fA-F]{64}$/, { error: '64 hexadecimal digits' })
      .optional(),
    /** For `aws_sigv4`: an address that is good by itself for so many seconds, in place of headers. */
    presignSeconds: z.int().min(1).max(604_800).optional(),
    /** Whose values; those of the caller’s own organization unless given. */
    organizationId: lookupText(64).optional(),
    explain: z.boolean().optional(),
  }),
  bodyBytesMax: 8 * 1_048_576,
  status: 200,
  response: z.object({
    url: z.string(),
    method: z.string(),
    headers: z.array(header),
    explain: z.object({ canonicalRequest: z.string(), stringToSign: z.string() }).optional(),
  }),
  errors: [
    'not_found',
    'environment_mismatch',
    'connection_missing',
    'not_signable',
    'address_not_allowed',
  ],
  organization: false,
})

export const test = defineRoute({
  operationId: 'testCall',
  method: 'POST',
  path: '/v1/integrations/:id/test',
  tag: 'calls',
  summary: 'Make one call and tell step by step how far it came. Secrets are blanked.',
  access: ['INTEGRATION_READ', 'CALL_WRITE'],
  feature: 'stored',
  audit: 'connection.tested',
  params: byId,
  body: z.strictObject({
    method: z.enum(['GET', 'HEAD', 'OPTIONS', 'POST']),
    path,
    organizationId: lookupText(64).optional(),
  }),
  status: 200,
  response: z.object({
    ok: z.boolean(),
    steps: z.array(
      z.object({
        step: z.enum(['address', 'tls', 'sign_in', 'status']),
        ok: z.boolean(),
        /** A word for programs, such as `name_not_found`, `certificate_expired`, `refused`; `ok` where it is. */
        code: z.string(),
        detail: z.string(),
        milliseconds: z.number(),
      }),
    ),
    /** What came back, where something did. */
    answer: z
      .object({
        status: z.int(),
        headers: z.array(header),
        /** The first 2,000 characters, where it is text. */
        preview: z.string().nullable(),
      })
      .nullable(),
  }),
  errors: ['not_found', 'connection_missing'],
  organization: false,
})
