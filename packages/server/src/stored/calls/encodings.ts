/**
 * Returns the encodings in which an upstream may echo a text: verbatim, percent-encoded, escaped
 * for JSON or HTML, hexadecimal, and base64 at any offset of a longer text. Each is a Latin-1
 * string with one character for each byte.
 */
export function encodingsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text, 'utf8')
  // Most secrets need no escaping.
  const escaped = /^[\w-]*$/.test(text)
    ? []
    : [...percentEncodings(bytes), ...jsonEncodings(text), ...htmlEncodings(text)]
  return [
    ...new Set([
      bytes.toString('latin1'),
      ...(isLatin1(text) ? [text] : []),
      ...escaped,
      bytes.toString('hex'),
      bytes.toString('hex').toUpperCase(),
      ...base64Encodings(bytes),
    ]),
  ]
}

function isLatin1(text: string): boolean {
  return Buffer.from(text, 'latin1').toString('latin1') === text
}

/**
 * The characters that percent-encoders leave unescaped: RFC 3986 §2.3, `encodeURIComponent`, and
 * HTML forms.
 */
const UNESCAPED = [/[\w.~-]/, /[\w.~!'()*-]/, /[\w.*-]/]

function percentEncodings(bytes: Buffer): readonly string[] {
  return UNESCAPED.flatMap((unescaped) => {
    const encoded = Array.from(bytes, (byte) => {
      const character = String.fromCharCode(byte)
      return unescaped.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`
    }).join('')
    const upper = encoded.replaceAll(/%../g, (triplet) => triplet.toUpperCase())
    return [encoded, upper, upper.replaceAll('%20', '+')]
  })
}

/** RFC 8259 §7: slashes, non-ASCII characters and the special characters of HTML may be escaped. */
function jsonEncodings(text: string): readonly string[] {
  const plain = JSON.stringify(text).slice(1, -1)
  const ascii = escapeAs(plain, /[^\0-\x7F]/g)
  const html = escapeAs(plain, /[<>&]/g)
  const all = [plain, ascii, html, escapeAs(html, /[^\0-\x7F]/g)]
  return [...all, ...all.map((one) => one.replaceAll('/', String.raw`\/`))].map(toBytes)
}

function escapeAs(text: string, characters: RegExp): string {
  return text.replaceAll(characters, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  )
}

function htmlEncodings(text: string): readonly string[] {
  const plain = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const quoted = plain.replaceAll('"', '&quot;')
  return [
    plain,
    quoted,
    ...['&#39;', '&#x27;', '&apos;'].map((quote) => quoted.replaceAll("'", quote)),
  ].map(toBytes)
}

/**
 * The base64 form of a text depends on its offset modulo 3 in a longer text. Returns, for each
 * offset, only the characters that do not depend on the surrounding bytes.
 */
function base64Encodings(bytes: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    const known = encoded.slice(
      Math.ceil((before * 8) / 6),
      Math.floor(((before + bytes.length) * 8) / 6),
    )
    return [known, known.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

function toBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}
