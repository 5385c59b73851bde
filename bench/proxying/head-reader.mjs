// Reads the head of an HTTP/1.1 message, and the bytes after it.

/**
 * Collects chunks until the head is complete. The reader can then read the next head.
 *
 * @returns {(chunk: Buffer) => { head: string, rest: Buffer } | undefined}
 */
export function createHeadReader() {
  let text = ''
  return (chunk) => {
    text += chunk.toString('latin1')
    const end = text.indexOf('\r\n\r\n')
    if (end === -1) return undefined
    const read = { head: text.slice(0, end), rest: Buffer.from(text.slice(end + 4), 'latin1') }
    text = ''
    return read
  }
}
