import { isFramingHeader } from '@keyporter/protocol'
import * as z from 'zod'

// Field names and values as they stand in a message (RFC 9110 §5.1, §5.5), visible characters alone.
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const FIELD_VALUE = /^[\x21-\x7E\x80-\xFF](?:[\t\x20-\x7E\x80-\xFF]*[\x21-\x7E\x80-\xFF])?$/

/** A header's name (RFC 9110 §5.6.2). */
export const headerName = z
  .string()
  .max(128, { abort: true })
  .regex(TOKEN, { error: 'Not a header name' })
  .meta({ example: 'X-Request-Source' })

/** A header that can hold a credential: none that says where a message ends, or who it is for. */
export const credentialHeader = headerName
  .refine((name) => !isFramingHeader(name), {
    error: 'A header of the connection itself cannot hold a credential',
  })
  .meta({ example: 'X-Api-Key' })

/** A header's value: no line breaks, nothing beyond Latin-1, no space at its ends. May be empty. */
export const headerValue = z
  .string()
  .max(4096, { abort: true })
  .refine((text) => text === '' || FIELD_VALUE.test(text), {
    error: 'Not a header value: no line breaks, no control characters, nothing beyond Latin-1',
  })
