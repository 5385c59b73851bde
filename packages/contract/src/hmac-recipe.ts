import * as z from 'zod'
import { boundedText } from './fields.ts'
import { credentialHeader, headerName, headerValue } from './header-fields.ts'

const hmacPart = z.discriminatedUnion('part', [
  z.strictObject({ part: z.literal('literal'), text: boundedText(256) }),
  z.strictObject({ part: z.literal('method'), case: z.enum(['upper', 'lower']).optional() }),
  z.strictObject({
    part: z.literal('host'),
    port: z.enum(['always', 'never', 'unless_default']).optional(),
  }),
  z.strictObject({ part: z.literal('path'), form: z.enum(['raw', 'decoded']).optional() }),
  z.strictObject({
    part: z.literal('query'),
    form: z.enum(['raw', 'sorted']).optional(),
    /** Whether to prefix a non-empty query with a question mark. */
    mark: z.boolean().optional(),
  }),
  z.strictObject({
    part: z.literal('header'),
    name: headerName,
    case: z.enum(['lower']).optional(),
  }),
  z.strictObject({ part: z.literal('timestamp') }),
  z.strictObject({ part: z.literal('nonce') }),
  z.strictObject({ part: z.literal('client_id') }),
  z.strictObject({ part: z.literal('body') }),
  z.strictObject({
    part: z.literal('body_sha256'),
    encoding: z.enum(['hex', 'base64']).optional(),
  }),
])

/** A custom HMAC scheme, for upstreams that no built-in scheme supports. */
export const hmacRecipe = z
  .strictObject({
    parts: z.array(hmacPart).min(1).max(32),
    separator: boundedText(16),
    trailingSeparator: z.boolean().optional(),
    timestamp: z.enum(['seconds', 'milliseconds', 'iso8601', 'http_date']).optional(),
    key: z.enum(['utf8', 'hex', 'base64']).optional(),
    output: z.enum(['hex', 'hex_upper', 'base64', 'base64url']).optional(),
    headers: z.array(z.strictObject({ name: credentialHeader, value: headerValue })).max(16),
    queryParameter: boundedText(128).min(1).optional(),
  })
  .refine(
    ({ headers, queryParameter }) =>
      queryParameter !== undefined ||
      headers.some((header) => header.value.includes('{signature}')),
    {
      path: ['headers'],
      error: 'Put {signature} in a header value, or set queryParameter.',
    },
  )
