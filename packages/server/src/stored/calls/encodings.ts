/**
 * The spellings in which a text may come back from someone who received it: as it stands, percent-encoded,
 * escaped for JSON or HTML, in hexadecimal, in base64 wherever in a longer text it stood. Each is a text of
 * bytes, one character of Latin-1 for each.
 */
export function codingsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text, 'utf8')
  // Most secrets are written alike everywhere.
  const escaped = /^[\w-]*$/.test(text)
    ? []
    : [...percentCodings(bytes), ...jsonCodings(text), ...htmlCodings(text)]
  return [
    ...new Set([
      bytes.toString('latin1'),
      ...(isLatin1(text) ? [text] : []),
      ...escaped,
      bytes.toString('hex'),
      bytes.toString('hex').toUpperCase(),
      ...base64Codings(bytes),
    ]),
  ]
}

function isLatin1(text: string): boolean {
  return Buffer.from(text, 'latin1').toString('latin1') === text
}

/** What is left as it stands: RFC 3986's unreserved characters, those of browsers, those of forms. */
const KEPT = [/[\w.~-]/, /[\w.~!'()*-]/, /[\w.*-]/]

function percentCodings(bytes: Buffer): readonly string[] {
  return KEPT.flatMap((kept) => {
    const encoded = Array.from(bytes, (byte) => {
      const character = String.fromCharCode(byte)
      return kept.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`
    }).join('')
    const upper = encoded.replaceAll(/%../g, (triplet) => triplet.toUpperCase())
    return [encoded, upper, upper.replaceAll('%20', '+')]
  })
}

/** RFC 8259 §7 leaves the choice: slashes, what is not ASCII, and what HTML would read, may be escaped. */
function jsonCodings(text: string): readonly string[] {
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

function htmlCodings(text: string): readonly string[] {
  const plain = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const quoted = plain.replaceAll('"', '&quot;')
  return [
    plain,
    quoted,
    ...['&#39;', '&#x27;', '&apos;'].map((quote) => quoted.replaceAll("'", quote)),
  ].map(toBytes)
}

/**
 * In base64 a text looks otherwise at each of three places within a longer one. Of each, the characters that
 * depend on nothing else.
 */
function base64Codings(bytes: Buffer): readonly string[] {
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
