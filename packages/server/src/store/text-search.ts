import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'

/** Returns the LIKE pattern for texts that contain this text. Escapes wildcards. */
export function containsPattern(text: string): string {
  return `%${escapeWildcards(text)}%`
}

/** Returns the LIKE pattern for texts that begin with this text. Escapes wildcards. */
export function prefixPattern(text: string): string {
  return `${escapeWildcards(text)}%`
}

/** Returns the LIKE pattern for JSON lists of names, in the format of `JSON.stringify`, that contain this name. */
export function jsonListPattern(name: string): string {
  return containsPattern(JSON.stringify(name))
}

/** `column LIKE pattern`. SQLite ignores the case of ASCII letters; PostgreSQL does not. */
export function isLike(column: Expression<unknown>, pattern: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`${column} like ${pattern} escape '\\'`
}

/**
 * `LIKE` that ignores the case of ASCII letters. For other letters the result depends on the
 * engine.
 */
export function isLikeIgnoringCase(
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
