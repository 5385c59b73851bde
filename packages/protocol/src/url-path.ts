/** Dot segments and trailing slashes of URL paths. */

/**
 * Whether a path contains a dot segment after repeated percent-decoding. A server that decodes more than
 * once could otherwise leave the base path.
 *
 * @param path percent-encoded or not, without a query
 * @see RFC 3986 §5.2.4
 */
export function hasDotSegment(path: string): boolean {
  const decoded = decodeAscii(decodeAscii(decodeAscii(path)))
  // Some servers treat text after a semicolon as a parameter of the segment.
  return decoded.split(/[/\\]/).some((segment) => /^\.\.?(;.*)?$/s.test(segment))
}

/** Removes trailing slashes, in linear time. */
export function trimTrailingSlashes(text: string): string {
  let end = text.length
  while (end > 0 && text[end - 1] === '/') end -= 1
  return text.slice(0, end)
}

function decodeAscii(path: string): string {
  return path.replace(/%([2-7][0-9a-f])/gi, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
