import { FIELD_NAME, FIELD_VALUE, isReservedField } from '@keyporter/protocol'
import * as z from 'zod'

/** A header name (RFC 9110 §5.6.2). */
export const headerName = z
  .string()
  .max(128, { abort: true })
  .regex(FIELD_NAME, { error: 'Must be a header name.' })
  .meta({ example: 'X-Request-Source' })

/** A header name for a credential. Excludes headers that the HTTP client sets. */
export const credentialHeader = headerName
  .refine((name) => !isReservedField(name), {
    error: 'The HTTP client sets this header. Use another header for the credential.',
  })
  .meta({ example: 'X-Api-Key' })

/** A header value: Latin-1 without line breaks, control characters or surrounding spaces. May be empty. */
export const headerValue = z
  .string()
  .max(4096, { abort: true })
  .refine((text) => FIELD_VALUE.test(text), {
    error: 'Must be Latin-1 text without line breaks, control characters or surrounding spaces.',
  })
