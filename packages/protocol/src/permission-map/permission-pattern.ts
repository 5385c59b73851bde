/** How descriptions name permissions, such as `Required API Permissions: *`. */

/** The texts around the names that a pattern's `*` stands for. */
export type PermissionPattern = { readonly before: string; readonly after: string }

const PATTERN_LENGTH_MAX = 200
const LINE_BREAK = /[\n\r\u2028\u2029]/
const BETWEEN_NAMES = /[\s,]+/
const DECORATION: ReadonlySet<string> = new Set('`*[](){}"\'.;')

/**
 * The parts of a pattern, or `undefined` when it is none: over 200 characters, more than one line,
 * no `*`, or no text before it. The last `*` is the place of the names; all else is compared
 * exactly, white space around the names aside. It is no regular expression.
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
 * The names that a description gives, in their order. They stand after the pattern's first text, up
 * to its second one or to the end of the line, with commas or white space or the word "and" between
 * them; quotes, brackets and Markdown around a name do not count. The word "none" alone is no name.
 * A pattern that occurs several times gives the names of all of its occurrences.
 */
export function findNames(description: string, pattern: PermissionPattern): readonly string[] {
  return description
    .split(LINE_BREAK)
    .flatMap((line) => stretchesOfLine(line, pattern))
    .flatMap(namesOfProse)
}

/** The names of a list: commas or white space between them, as `x-keyporter-permission` may give it. */
export function splitNames(list: string): readonly string[] {
  return list.split(BETWEEN_NAMES).filter((name) => name !== '')
}

/** Every stretch of a line that the pattern's `*` stands for. */
function stretchesOfLine(line: string, { before, after }: PermissionPattern): readonly string[] {
  const stretches: string[] = []
  let start = line.indexOf(before)
  while (start !== -1) {
    start += before.length
    const end = after === '' ? line.length : line.indexOf(after, start)
    if (end === -1) break
    stretches.push(line.slice(start, end))
    start = line.indexOf(before, end)
  }
  return stretches
}

function namesOfProse(prose: string): readonly string[] {
  const names = splitNames(prose)
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
