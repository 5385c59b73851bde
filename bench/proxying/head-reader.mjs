// The head of a message of HTTP/1.1, and what came along with it.

/**
 * Takes pieces until the head is whole; then it is ready for the next one.
 *
 * @returns {(piece: Buffer) => { head: string, rest: Buffer } | undefined}
 */
export function createHeadReader() {
  let text = ''
  return (piece) => {
    text += piece.toString('latin1')
    const end = text.indexOf('\r\n\r\n')
    if (end === -1) return undefined
    const read = { head: text.slice(0, end), rest: Buffer.from(text.slice(end + 4), 'latin1') }
    text = ''
    return read
  }
}
