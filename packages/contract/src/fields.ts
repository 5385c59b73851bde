import { parseInstant } from '@keyporter/protocol'
import * as z from 'zod'

// Control, format (bidirectional, zero-width), line and paragraph separators, private use, lone surrogates.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/u
const INVISIBLE_BUT_LINES = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/u
// An emoji family is joined by U+200D: allowed only between two pictographs.
const EMOJI_JOIN =
  /(?<=[\p{Extended_Pictographic}\uFE0F\p{Emoji_Modifier}])\u200D(?=\p{Extended_Pictographic})/gu

// What is far too long is not read any further: NFC of 100 KB of combining marks takes seconds.
const STOP = { abort: true } as const

/**
 * A text by which something is looked up: anything of at most so many characters, but for NUL, which
 * no text that we keep can hold (PostgreSQL has none).
 */
export function lookupText(max: number) {
  return z
    .string()
    .max(max, STOP)
    .refine((text) => !text.includes('\0'), { error: 'NUL is not allowed' })
}

/**
 * Any id that a path may name. Deliberately loose: a malformed id is answered with the same 404 as one
 * that never existed, so that the form of an answer tells nothing.
 */
export const pathId = lookupText(200).min(1)

/** The path of one thing: its id alone. */
export const byId = z.strictObject({ id: pathId })

/** An instant: RFC 3339 with a zone, strictly parsed. */
export const instant = z
  .string()
  .max(40, STOP)
  .refine((text) => parseInstant(text) !== undefined, {
    error: 'Not an instant: write it as RFC 3339 with a zone, such as 2027-06-30T00:00:00Z',
  })
  .meta({ format: 'date-time', example: '2027-06-30T00:00:00.000Z' })

/** An instant as the API writes it: RFC 3339, UTC, milliseconds. */
export const instantOut = z
  .string()
  .meta({ format: 'date-time', example: '2026-11-21T22:00:00.000Z' })

/**
 * One line of text for people: NFC, trimmed, `min` to `max` Unicode code points, without control,
 * bidirectional or zero-width characters.
 */
export function line(min: number, max: number) {
  return z
    .string()
    .max(max * 8, { ...STOP, error: `At most ${max} characters` })
    .overwrite((text) => text.normalize('NFC').trim())
    .refine((text) => countCodePoints(text) >= min, { error: `At least ${min} character(s)` })
    .refine((text) => countCodePoints(text) <= max, { error: `At most ${max} characters` })
    .refine((text) => !INVISIBLE.test(text.replace(EMOJI_JOIN, '')), {
      error: 'Control, bidirectional and zero-width characters are not allowed',
    })
    .meta({ minLength: min, maxLength: max })
}

/** Several lines of text for people: as {@link line}, but line feeds and tabs are allowed. */
export function lines(max: number) {
  return z
    .string()
    .max(max * 8, { ...STOP, error: `At most ${max} characters` })
    .overwrite((text) => text.normalize('NFC').replaceAll('\r\n', '\n'))
    .refine((text) => countCodePoints(text) <= max, { error: `At most ${max} characters` })
    .refine((text) => !INVISIBLE_BUT_LINES.test(text.replace(EMOJI_JOIN, '')), {
      error: 'Control, bidirectional and zero-width characters are not allowed',
    })
    .meta({ maxLength: max })
}

/** How many Unicode code points the name of a thing has at most. */
export const nameLengthMax = 64

/** How many Unicode code points the notes on a thing have at most. */
export const notesLengthMax = 250

/** The name that people give to a thing. */
export const name = line(1, nameLengthMax)

/** What people write down about a thing. */
export const notes = lines(notesLengthMax)

/** An e-mail address, compared in lower case. */
export const email = z
  .string()
  .max(254, STOP)
  .overwrite((text) => text.normalize('NFC').trim().toLowerCase())
  .refine((text) => /^[^\s@"(),:;<>[\\\]]{1,64}@[^\s@"(),:;<>[\\\]]{1,189}$/u.test(text), {
    error: 'Not an e-mail address',
  })
  .refine((text) => !INVISIBLE.test(text), { error: 'Not an e-mail address' })
  .meta({ format: 'email', example: 'ada@example.com' })

/** A new password: 8 to 256 code points, any characters; what is too common is refused by the server. */
export const newPassword = z
  .string()
  .max(1024, STOP)
  .refine((text) => countCodePoints(text) >= 8, { error: 'At least 8 characters' })
  .refine((text) => countCodePoints(text) <= 256, { error: 'At most 256 characters' })

/** The name of a permission: the scope of one cell, such as `CONTACT_READ` (RFC 6749 §3.3 characters). */
export const permission = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,126}[A-Z0-9]$/, { error: 'Not a permission name such as CONTACT_READ' })
  .meta({ example: 'CONTACT_READ' })

/** The name of a resource: upper case letters, digits and underscores. */
export const resourceName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,63}$/, {
    error: 'Upper case letters, digits and underscores, at most 64',
  })
  .meta({ example: 'CONTACT' })

export const environment = z.enum(['production', 'test'])

/** A time zone by its IANA name, such as `Europe/Berlin`: one that `Intl` knows here, and no bare offset. */
export const timeZone = z
  .string()
  .max(64, STOP)
  .refine((text) => /^[A-Za-z][A-Za-z0-9_+/-]*$/.test(text) && isKnownTimeZone(text), {
    error: 'Not a time zone such as Europe/Berlin',
  })
  .meta({ example: 'Europe/Berlin' })

function isKnownTimeZone(zone: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** A page of a list. */
export function page<S extends z.ZodType>(item: S) {
  return z.object({ data: z.array(item), nextCursor: z.string().nullable() })
}

/** The query of every list: `limit` (25 unless given; over 100 counts as 100), `cursor`, `q`. */
export const listQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^[0-9]{1,9}$/, { error: 'A whole number' })
    .refine((text) => Number(text) >= 1, { error: 'At least 1' })
    .optional()
    .meta({ example: '25' }),
  cursor: z.string().min(1).max(1024).optional(),
})

/** A search text. */
export const searchText = lookupText(256)

/** Who did something: a member, a credential, or Keyporter itself. */
export const actorOut = z
  .object({
    type: z.enum(['member', 'credential', 'system', 'anonymous']),
    id: z.string().nullable(),
    name: z.string(),
  })
  .meta({ id: 'Actor' })

function countCodePoints(text: string): number {
  return Array.from(text).length
}
