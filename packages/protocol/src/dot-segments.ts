/**
 * Whether a server that decodes more often than others could see a dot segment in a path, and leave the place that
 * it names.
 *
 * @param path percent-encoded or not, without a query
 * @see RFC 3986 §5.2.4
 */
export function hasDotSegment(path: string): boolean {
  const decoded = decodeAscii(decodeAscii(decodeAscii(path)))
  // Some servers take what follows a semicolon for a parameter of the segment.
  return decoded.split(/[/\\]/).some((segment) => /^\.\.?(;.*)?$/s.test(segment))
}

function decodeAscii(path: string): string {
  return path.replace(/%([2-7][0-9a-f])/gi, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
