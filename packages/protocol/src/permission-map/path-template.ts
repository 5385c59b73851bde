/** Paths of requests and path templates of operations, segment by segment. */

/** One segment of a path template. */
export type TemplateSegment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter' }
  /** Literals with a parameter between each two: `{name}.json` is `['', '.json']`. */
  | { readonly kind: 'mixed'; readonly literals: readonly string[] }

/** A path template: its segments, and whether a slash ends it. `/` alone has no segment. */
export type PathTemplate = {
  readonly segments: readonly TemplateSegment[]
  readonly endsInSlash: boolean
}

/** One segment of a request's path: percent-decoded, and as {@link foldSegment} makes it. */
export type RequestSegment = { readonly text: string; readonly fold: string }

/** The segments of a request's path, and whether a slash ends it. */
export type RequestPath = {
  readonly segments: readonly RequestSegment[]
  readonly endsInSlash: boolean
}

const TEMPLATE_LENGTH_MAX = 2_048
const REQUEST_PATH_LENGTH_MAX = 8_192

// Lone `%` are left to decodeURIComponent. Encoded twice is refused: who decodes once more reads
// another path.
const ENCODED = /%[0-9A-Fa-f]{2}/
const BREAKS_SEGMENT = /[\p{Cc}\p{Cs}/\\]/u
const IN_NO_TEMPLATE = /[\s?#\\]/u
const IN_FRAGMENT_OF_A_PATH = /[/\\%;.]/
// The common case, which every reader reads alike.
const PLAIN = /^[a-z0-9_-]+$/
const NOT_ASCII = /[^\0-\x7f]/

/**
 * A path template of an OpenAPI document, or `undefined` when no request can match it: it does not
 * begin with a slash, is longer than 2,048 characters, has white space, a query, a fragment, a
 * backslash, an empty or a dot segment, or a brace without its partner. Names of parameters do not
 * matter, and each stands for one or more characters within one segment.
 *
 * @see OpenAPI 3.1.1, "Path Templating"
 */
export function parsePathTemplate(path: string): PathTemplate | undefined {
  if (path.length > TEMPLATE_LENGTH_MAX || IN_NO_TEMPLATE.test(path)) return undefined
  const parts = splitPath(path)
  if (parts === undefined) return undefined
  const segments: TemplateSegment[] = []
  for (const text of parts.segments) {
    const segment = parseSegment(text)
    if (segment === undefined) return undefined
    segments.push(segment)
  }
  return { segments, endsInSlash: parts.endsInSlash }
}

/**
 * The segments of a request's path, or `undefined` when two readers could take it for two paths:
 * it does not begin with a slash, is over 8,192 characters, has an empty segment or one that is
 * dots (`..;x` and `%2e%2e` too), a broken or twofold percent-encoding, or a slash, backslash or
 * control character in encoded form or as it is. The query and a plain fragment do not count; a
 * fragment that looks like more path is refused, for whoever knows no fragments.
 *
 * @see RFC 3986 §3.3, §6.2.2
 */
export function parseRequestPath(target: string): RequestPath | undefined {
  const path = target.split(/[?#]/, 1)[0] ?? ''
  if (path.length > REQUEST_PATH_LENGTH_MAX || hasPathInFragment(target)) return undefined
  const parts = splitPath(path)
  if (parts === undefined) return undefined
  const segments: RequestSegment[] = []
  for (const encoded of parts.segments) {
    const text = decodeSegment(encoded)
    const fold = text === undefined ? '' : foldSegment(text)
    if (text === undefined || fold === '') return undefined
    segments.push({ text, fold })
  }
  return { segments, endsInSlash: parts.endsInSlash }
}

/**
 * What the most lenient reader makes of a segment: without regard to case and compatibility forms
 * of characters, without matrix parameters (`;…`), without white space around it or dots behind it.
 * Two segments that differ, but not in this form, may be one path to some server.
 */
export function foldSegment(segment: string): string {
  if (PLAIN.test(segment)) return segment
  const plain = NOT_ASCII.test(segment) ? segment.normalize('NFKC') : segment
  const kept = plain.split(/[;?#]/, 1)[0] ?? ''
  return trimEndDots(kept.trimStart()).toLowerCase()
}

/** Whether a segment is the given literals with one or more characters between each two. */
export function matchesLiterals(segment: string, literals: readonly string[]): boolean {
  const [first = '', ...others] = literals
  const last = others.pop() ?? ''
  if (!segment.startsWith(first) || !segment.endsWith(last)) return false
  let end = first.length
  for (const literal of others) {
    const start = segment.indexOf(literal, end + 1)
    if (start === -1) return false
    end = start + literal.length
  }
  return segment.length - last.length > end
}

function splitPath(
  path: string,
): { segments: readonly string[]; endsInSlash: boolean } | undefined {
  if (!path.startsWith('/')) return undefined
  const segments = path.slice(1).split('/')
  const endsInSlash = segments.at(-1) === ''
  if (endsInSlash) segments.pop()
  return segments.includes('') ? undefined : { segments, endsInSlash }
}

function hasPathInFragment(target: string): boolean {
  const start = target.indexOf('#')
  if (start === -1) return false
  // Behind a `?` everybody has left the path already.
  const query = target.indexOf('?')
  return (query === -1 || start < query) && IN_FRAGMENT_OF_A_PATH.test(target.slice(start))
}

function decodeSegment(text: string): string | undefined {
  if (PLAIN.test(text)) return text
  const decoded = percentDecode(text)
  if (decoded === undefined || BREAKS_SEGMENT.test(decoded)) return undefined
  // A full-width slash is a slash to readers that normalize.
  if (NOT_ASCII.test(decoded) && BREAKS_SEGMENT.test(decoded.normalize('NFKC'))) return undefined
  return decoded
}

function percentDecode(text: string): string | undefined {
  if (!text.includes('%')) return text
  try {
    const decoded = decodeURIComponent(text)
    return ENCODED.test(decoded) ? undefined : decoded
  } catch {
    return undefined
  }
}

function parseSegment(text: string): TemplateSegment | undefined {
  const literals = splitAtParameters(text)
  if (literals === undefined) return undefined
  const decoded = literals.map(decodeSegment).filter((literal) => literal !== undefined)
  if (decoded.length < literals.length) return undefined
  const [first = '', second] = decoded
  if (second === undefined) {
    return foldSegment(first) === '' ? undefined : { kind: 'literal', text: first }
  }
  const isWhole = decoded.length === 2 && first === '' && second === ''
  return isWhole ? { kind: 'parameter' } : { kind: 'mixed', literals: decoded }
}

/** The literals around the parameters of a segment; as many as it has parameters, and one more. */
function splitAtParameters(text: string): readonly string[] | undefined {
  const [head = '', ...tails] = text.split('{')
  const literals = [head]
  for (const tail of tails) {
    const end = tail.indexOf('}')
    if (end === -1) return undefined
    literals.push(tail.slice(end + 1))
  }
  return literals.some((literal) => literal.includes('}')) ? undefined : literals
}

function trimEndDots(text: string): string {
  let end = text.length
  while (end > 0 && ' .'.includes(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}
