import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'

/** Returns the LIKE pattern for texts that contain the given text. Escapes wildcards. */
export function containing(text: string): string {
  return `%${escapeWildcards(text)}%`
}

/** Returns the LIKE pattern for texts that begin with the given text. */
export function beginningWith(text: string): string {
  return `${escapeWildcards(text)}%`
}

/** Returns the LIKE pattern for JSON lists, written by `JSON.stringify`, that contain a name. */
export function listing(name: string): string {
  return containing(JSON.stringify(name))
}

/** `column LIKE pattern`. SQLite ignores the case of ASCII letters; PostgreSQL does not. */
export function isLike(column: Expression<unknown>, pattern: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`${column} like ${pattern} escape '\\'`
}

/**
 * `LIKE` that ignores the case of ASCII letters. For other letters the result depends on the
 * engine.
 */
export function isLikeInLowerCase(
  column: Expression<unknown>,
  pattern: string,
): RawBuilder<SqlBool> {
  return sql<SqlBool>`lower(${column}) like lower(${pattern}) escape '\\'`
}

function escapeWildcards(text: string): string {
  return text.replaceAll(/[\\%_]/g, (character) => `\\${character}`)
}

/**
 * Returns the case-insensitive form of a name for searching and sorting, the same on both engines.
 */
export function nameKeyOf(name: string): string {
  return name.normalize('NFC').toLowerCase()
}
