import { FIELD_NAME, FIELD_VALUE, isReservedField } from '@keyporter/protocol'
import * as z from 'zod'

/** A header's name (RFC 9110 §5.6.2). */
export const headerName = z
  .string()
  .max(128, { abort: true })
  .regex(FIELD_NAME, { error: 'Not a header name' })
  .meta({ example: 'X-Request-Source' })

/** A header that can hold a credential: none that the HTTP client sets. */
export const credentialHeader = headerName
  .refine((name) => !isReservedField(name), {
    error: 'A header that the HTTP client sets cannot hold a credential',
  })
  .meta({ example: 'X-Api-Key' })

/** A header's value: no line breaks, nothing beyond Latin-1, no space at its ends. May be empty. */
export const headerValue = z
  .string()
  .max(4096, { abort: true })
  .refine((text) => FIELD_VALUE.test(text), {
    error: 'Not a header value: no line breaks, no control characters, nothing beyond Latin-1',
  })
