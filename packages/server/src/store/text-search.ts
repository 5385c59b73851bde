import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'

/** The pattern that finds a text anywhere, whatever wildcards it holds. */
export function containing(text: string): string {
  return `%${escapeWildcards(text)}%`
}

/** The pattern that finds what begins with a text. */
export function beginningWith(text: string): string {
  return `${escapeWildcards(text)}%`
}

/** The pattern that finds one of the names of a JSON list that `JSON.stringify` wrote. */
export function listing(name: string): string {
  return containing(JSON.stringify(name))
}

/** `column LIKE pattern`. SQLite compares ASCII letters whatever their case, PostgreSQL exactly. */
export function isLike(column: Expression<unknown>, pattern: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`${column} like ${pattern} escape '\\'`
}

/** `LIKE` in lower case; beyond ASCII only equal letters are equal on both engines. */
export function isLikeInLowerCase(
  column: Expression<unknown>,
  pattern: string,
): RawBuilder<SqlBool> {
  return sql<SqlBool>`lower(${column}) like lower(${pattern}) escape '\\'`
}

function escapeWildcards(text: string): string {
  return text.replaceAll(/[\\%_]/g, (character) => `\\${character}`)
}

/** How a name is searched and sorted, alike on both engines: its letters' case does not count. */
export function nameKeyOf(name: string): string {
  return name.normalize('NFC').toLowerCase()
}
