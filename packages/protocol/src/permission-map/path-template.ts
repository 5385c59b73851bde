/** Parses request paths and path templates into segments. */

/** One segment of a path template. */
export type TemplateSegment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter' }
  /** Literals with a parameter between them: `{name}.json` is `['', '.json']`. */
  | { readonly kind: 'mixed'; readonly literals: readonly string[] }

/** The segments of a path template, and whether it ends with a slash. `/` has no segment. */
export type PathTemplate = {
  readonly segments: readonly TemplateSegment[]
  readonly endsInSlash: boolean
}

/** One segment of a request path: percent-decoded, and the result of {@link foldSegment}. */
export type RequestSegment = { readonly text: string; readonly fold: string }

/** The segments of a request path, and whether it ends with a slash. */
export type RequestPath = {
  readonly segments: readonly RequestSegment[]
  readonly endsInSlash: boolean
}

const TEMPLATE_LENGTH_MAX = 2_048
const REQUEST_PATH_LENGTH_MAX = 8_192

// Rejects double encoding, because a server that decodes twice would see a different path.
// decodeURIComponent handles a lone `%`.
const ENCODED = /%[0-9A-Fa-f]{2}/
const BREAKS_SEGMENT = /[\p{Cc}\p{Cs}/\\]/u
const FORBIDDEN_IN_TEMPLATE = /[\s?#\\]/u
const LOOKS_LIKE_A_PATH = /[/\\%;.]/
// The common case, which all servers interpret the same way.
const PLAIN = /^[a-z0-9_-]+$/
const NOT_ASCII = /[^\0-\x7f]/

/**
 * Parses a path template of an OpenAPI document. Returns `undefined` if no request can match it: it does
 * not start with a slash, has over 2,048 characters, or contains white space, a query, a fragment, a
 * backslash, an empty segment, a dot segment, or an unbalanced brace. Parameter names are ignored. A
 * parameter matches one or more characters within a segment.
 *
 * @see OpenAPI 3.1.1, "Path Templating"
 */
export function parsePathTemplate(path: string): PathTemplate | undefined {
  if (path.length > TEMPLATE_LENGTH_MAX || FORBIDDEN_IN_TEMPLATE.test(path)) return undefined
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
 * Parses a request path. Returns `undefined` if servers could interpret it differently: it does not start
 * with a slash, has over 8,192 characters, or contains an empty segment, a dot segment (also `..;x` and
 * `%2e%2e`), invalid or double percent-encoding, or a literal or encoded slash, backslash or control
 * character within a segment. Ignores the query and a plain fragment. Rejects a fragment that looks like a
 * path, because some servers do not support fragments.
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
 * Returns the form of a segment that the most lenient server compares: lowercase, NFKC, without matrix
 * parameters (`;…`), surrounding white space and trailing dots. Some server could treat two segments with
 * the same form as equal.
 */
export function foldSegment(segment: string): string {
  if (PLAIN.test(segment)) return segment
  const plain = NOT_ASCII.test(segment) ? segment.normalize('NFKC') : segment
  const kept = plain.split(/[;?#]/, 1)[0] ?? ''
  return trimEndDots(kept.trimStart()).toLowerCase()
}

/** Whether a segment consists of the literals, with one or more characters between them. */
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
  // After a `?`, no server interprets the text as a path.
  const query = target.indexOf('?')
  return (query === -1 || start < query) && LOOKS_LIKE_A_PATH.test(target.slice(start))
}

function decodeSegment(text: string): string | undefined {
  if (PLAIN.test(text)) return text
  const decoded = percentDecode(text)
  if (decoded === undefined || BREAKS_SEGMENT.test(decoded)) return undefined
  // Servers that normalize treat a full-width slash as a slash.
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

/** Returns the literals around the parameters of a segment: one more than it has parameters. */
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
