import { parseInstant } from '@keyporter/protocol'
import * as z from 'zod'

// Control and format characters (bidirectional, zero-width), line and paragraph separators,
// private use, lone surrogates.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/u
const INVISIBLE_EXCEPT_LINE_BREAKS = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/u
// U+200D joins the parts of an emoji and is allowed only between two pictographs.
const EMOJI_JOIN =
  /(?<=[\p{Extended_Pictographic}\uFE0F\p{Emoji_Modifier}])\u200D(?=\p{Extended_Pictographic})/gu

// Stop at oversized input: NFC normalization of 100 KB of combining marks takes seconds.
const STOP = { abort: true } as const

/**
 * Returns a schema for text of at most `max` UTF-16 code units, without normalization: IDs, URLs, search
 * terms. Rejects NUL, which PostgreSQL cannot store.
 */
export function boundedText(max: number) {
  return z
    .string()
    .max(max, STOP)
    .refine((text) => !text.includes('\0'), { error: 'Must not contain NUL.' })
}

/**
 * An ID in a path. Accepts malformed IDs, so that they get the same 404 as unknown IDs and the
 * response reveals nothing about the format.
 */
export const pathId = boundedText(200).min(1)

/** The path parameters of routes with only an ID. */
export const byId = z.strictObject({ id: pathId })

/** An instant: RFC 3339 with a zone, strictly parsed. */
export const instant = z
  .string()
  .max(40, STOP)
  .refine((text) => parseInstant(text) !== undefined, {
    error: 'Must be an RFC 3339 timestamp with a time zone, such as 2027-06-30T00:00:00Z.',
  })
  .meta({ format: 'date-time', example: '2027-06-30T00:00:00.000Z' })

/** An instant in a response: RFC 3339, UTC, milliseconds. */
export const instantOut = z
  .string()
  .meta({ format: 'date-time', example: '2026-11-21T22:00:00.000Z' })

/**
 * Returns a schema for one line of text: normalized to NFC, trimmed, `min` to `max` Unicode code
 * points, without control, bidirectional or zero-width characters.
 */
export function line(min: number, max: number) {
  return z
    .string()
    .max(max * 8, { ...STOP, error: `Must be at most ${max} characters.` })
    .overwrite((text) => text.normalize('NFC').trim())
    .refine((text) => countCodePoints(text) >= min, {
      error: `Must be at least ${min} character${min === 1 ? '' : 's'}.`,
    })
    .refine((text) => countCodePoints(text) <= max, { error: `Must be at most ${max} characters.` })
    .refine((text) => !INVISIBLE.test(text.replace(EMOJI_JOIN, '')), {
      error: 'Must not contain control, bidirectional or zero-width characters.',
    })
    .meta({ minLength: min, maxLength: max })
}

/** Returns a schema for multi-line text: like {@link line}, with line feeds and tabs. Not trimmed. */
export function lines(max: number) {
  return z
    .string()
    .max(max * 8, { ...STOP, error: `Must be at most ${max} characters.` })
    .overwrite((text) => text.normalize('NFC').replaceAll('\r\n', '\n'))
    .refine((text) => countCodePoints(text) <= max, { error: `Must be at most ${max} characters.` })
    .refine((text) => !INVISIBLE_EXCEPT_LINE_BREAKS.test(text.replace(EMOJI_JOIN, '')), {
      error: 'Must not contain control, bidirectional or zero-width characters.',
    })
    .meta({ maxLength: max })
}

/** Maximum length of a name, in Unicode code points. */
export const nameLengthMax = 64

/** Maximum length of notes, in Unicode code points. */
export const notesLengthMax = 250

/** The name of a resource. */
export const name = line(1, nameLengthMax)

/** Notes on a resource. */
export const notes = lines(notesLengthMax)

/** The slug of an organization or an API: a readable, unique name for URLs and commands. */
export const slug = z.string().regex(/^[a-z][a-z0-9-]{0,62}[a-z0-9]$/, {
  error: 'Must be 2 to 64 lowercase letters, digits and hyphens, and start with a letter.',
})

/** A signature algorithm of access tokens. */
export const signingAlgorithm = z.enum(['ES256', 'EdDSA', 'RS256'])

/** An e-mail address. Normalized to lower case. */
export const email = z
  .string()
  .max(254, STOP)
  .overwrite((text) => text.normalize('NFC').trim().toLowerCase())
  .refine((text) => /^[^\s@"(),:;<>[\\\]]{1,64}@[^\s@"(),:;<>[\\\]]{1,189}$/u.test(text), {
    error: 'Must be an e-mail address.',
  })
  .refine((text) => !INVISIBLE.test(text), { error: 'Must be an e-mail address.' })
  .meta({ format: 'email', example: 'ada@example.com' })

/** A new password: 8 to 256 code points, any characters. The server also rejects common passwords. */
export const newPassword = z
  .string()
  .max(1024, STOP)
  .refine((text) => countCodePoints(text) >= 8, { error: 'Must be at least 8 characters.' })
  .refine((text) => countCodePoints(text) <= 256, { error: 'Must be at most 256 characters.' })

/** A permission name, such as `CONTACT_READ`, within the scope characters of RFC 6749 §3.3. */
export const permission = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,126}[A-Z0-9]$/, {
    error: 'Must be a permission name, such as CONTACT_READ.',
  })
  .meta({ example: 'CONTACT_READ' })

/** A resource name in a permission table: uppercase letters, digits and underscores. */
export const resourceName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,63}$/, {
    error: 'Must be at most 64 uppercase letters, digits and underscores, and start with a letter.',
  })
  .meta({ example: 'CONTACT' })

/** The environment of a credential or an integration. */
export const environment = z.enum(['production', 'test'])

/** An IANA time zone that `Intl` knows, such as `Europe/Berlin`. UTC offsets are not accepted. */
export const timeZone = z
  .string()
  .max(64, STOP)
  .refine((text) => /^[A-Za-z][A-Za-z0-9_+/-]*$/.test(text) && isKnownTimeZone(text), {
    error: 'Must be an IANA time zone, such as Europe/Berlin.',
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

/** Returns the schema of one page of a list. */
export function page<S extends z.ZodType>(item: S) {
  return z.object({ data: z.array(item), nextCursor: z.string().nullable() })
}

/** Query parameters of every list: `limit` (default 25, capped at 100) and `cursor`. */
export const listQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^[0-9]{1,9}$/, { error: 'Must be an integer.' })
    .refine((text) => Number(text) >= 1, { error: 'Must be at least 1.' })
    .optional()
    .meta({ example: '25' }),
  cursor: z.string().min(1).max(1024).optional(),
})

/** A search term. */
export const searchText = boundedText(256)

/** The actor of a change: a member, a credential, Keyporter (`system`), or unknown (`anonymous`). */
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
