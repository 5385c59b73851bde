import * as z from 'zod'
import { boundedText, byId } from './fields.ts'
import { headerName, headerValue } from './header-fields.ts'
import { defineRoute } from './route.ts'

/** A percent-encoded path that starts with a slash. May include a query. */
const path = boundedText(8192).regex(/^\/[\x21-\x22\x24-\x7E]*$/, {
  error: 'Must be a percent-encoded path that starts with / and has no fragment.',
})
const method = z
  .string()
  .regex(/^[A-Z]{1,16}$/, { error: 'Must be an HTTP method in upper case, such as GET.' })

const header = z.object({ name: z.string(), value: z.string() })

export const sign = defineRoute({
  operationId: 'signCall',
  method: 'POST',
  path: '/v1/integrations/:id/sign',
  tag: 'calls',
  summary:
    'Sign a request and return its URL and headers. For authentication types whose headers do not contain the secret.',
  access: ['CALL_WRITE'],
  feature: 'stored',
  audit: { none: 'changes nothing; counted as usage' },
  params: byId,
  body: z.strictObject({
    method,
    /** Relative to the base URL. May include a query, which `query` extends. */
    path,
    query: z
      .record(boundedText(1024), z.union([boundedText(8192), z.array(boundedText(8192)).max(1000)]))
      .optional(),
    headers: z
      .array(z.strictObject({ name: headerName, value: headerValue }))
      .max(100)
      .optional(),
    /** The body as text. */
    body: z.string().max(1_048_576).optional(),
    /** The SHA-256 of the body, in place of `body`. */
    bodySha256: z
      .string()
      .regex(/^[0-9a-fA-F]{64}$/, { error: 'Must be 64 hexadecimal digits.' })
      .optional(),
    /** For `aws_sigv4`: return a presigned URL that is valid for this many seconds, in place of headers. */
    presignSeconds: z.int().min(1).max(604_800).optional(),
    /** The owner of the connection. Default: the caller’s organization. */
    organizationId: boundedText(64).optional(),
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
  summary: 'Send a test request and report the result of each step. Secrets are redacted.',
  access: ['INTEGRATION_READ', 'CALL_WRITE'],
  feature: 'stored',
  audit: 'connection.tested',
  params: byId,
  body: z.strictObject({
    method: z.enum(['GET', 'HEAD', 'OPTIONS', 'POST']),
    path,
    organizationId: boundedText(64).optional(),
  }),
  status: 200,
  response: z.object({
    ok: z.boolean(),
    steps: z.array(
      z.object({
        step: z.enum(['address', 'tls', 'authentication', 'status']),
        ok: z.boolean(),
        /** Machine-readable result, such as `ok`, `host_not_found`, `certificate_expired` or `rejected`. */
        code: z.string(),
        detail: z.string(),
        milliseconds: z.number(),
      }),
    ),
    /** The upstream response. Null if the upstream did not respond. */
    response: z
      .object({
        status: z.int(),
        headers: z.array(header),
        /** The first 2,000 characters of a text body, else null. */
        preview: z.string().nullable(),
      })
      .nullable(),
  }),
  errors: ['not_found', 'connection_missing'],
  organization: false,
})
