/** Patterns for permissions in descriptions, such as `Required API Permissions: *`. */

/** The texts before and after the `*` of a pattern. */
export type PermissionPattern = { readonly before: string; readonly after: string }

const PATTERN_LENGTH_MAX = 200
const LINE_BREAK = /[\n\r\u2028\u2029]/
const BETWEEN_NAMES = /[\s,]+/
const DECORATION: ReadonlySet<string> = new Set('`*[](){}"\'.;')

/**
 * Parses a pattern. Returns `undefined` for over 200 characters, several lines, no `*`, or no text before
 * it. The last `*` matches the names. All other text matches exactly, except for white space around the
 * names. Patterns are not regular expressions.
 *
 * @example parsePermissionPattern('Needs: *') // { before: 'Needs:', after: '' }
 */
export function parsePermissionPattern(text: string): PermissionPattern | undefined {
  if (text.length > PATTERN_LENGTH_MAX || LINE_BREAK.test(text)) return undefined
  const star = text.lastIndexOf('*')
  const before = text.slice(0, Math.max(star, 0)).trim()
  return before === '' ? undefined : { before, after: text.slice(star + 1).trim() }
}

/**
 * Returns the permission names in a description, in order. Names follow the text before the `*`, up to the
 * text after it or the end of the line. Commas, white space and the word "and" separate names. Quotes,
 * brackets and Markdown around a name are removed, and a single "none" is ignored. Every occurrence of the
 * pattern counts.
 */
export function findNames(description: string, pattern: PermissionPattern): readonly string[] {
  return description
    .split(LINE_BREAK)
    .flatMap((line) => matchesInLine(line, pattern))
    .flatMap(namesInText)
}

/** Splits names that are separated by commas or white space, as in `x-keyporter-permission`. */
export function splitNames(list: string): readonly string[] {
  return list.split(BETWEEN_NAMES).filter((name) => name !== '')
}

/** Returns every text of a line that the `*` of the pattern matches. */
function matchesInLine(line: string, { before, after }: PermissionPattern): readonly string[] {
  const matches: string[] = []
  let start = line.indexOf(before)
  while (start !== -1) {
    start += before.length
    const end = after === '' ? line.length : line.indexOf(after, start)
    if (end === -1) break
    matches.push(line.slice(start, end))
    start = line.indexOf(before, end)
  }
  return matches
}

function namesInText(text: string): readonly string[] {
  const names = splitNames(text)
    .map(undecorate)
    .filter((name) => name !== '' && name !== 'and')
  return names.length === 1 && names[0]?.toLowerCase() === 'none' ? [] : names
}

function undecorate(word: string): string {
  let start = 0
  let end = word.length
  while (start < end && DECORATION.has(word.charAt(start))) start += 1
  while (end > start && DECORATION.has(word.charAt(end - 1))) end -= 1
  return word.slice(start, end)
}
