import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The messages of llhttp's own tests, one character for each byte. */
export function readLlhttpMessages(directory: string): readonly string[] {
  return readdirSync(directory).flatMap((name) => {
    const text = readFileSync(join(directory, name), 'utf8')
    return [...text.matchAll(/```http\n([\s\S]*?)\n```/g)].map(([, message = '']) =>
      message
        .replaceAll(/\\\n/g, '')
        .replaceAll('\n', '\r\n')
        .replaceAll(/\\(r|n|t|f|x[0-9a-f]{2})/gi, (_, code: string) => unescape(code)),
    )
  })
}

/**
 * Returns the messages that have a head. Each is an authorized call to its own path.
 *
 * @param pathOf returns the path of the message at an index
 */
export function readLlhttpCalls(
  directory: string,
  pathOf: (index: number) => string,
): readonly Buffer[] {
  const messages = readLlhttpMessages(directory).filter((message) => message.includes('\r\n'))
  return messages.map((message, index) => {
    const [line = '', ...rest] = message.split('\r\n')
    const target = line.replace(/^(\S+) \S+/, (_, method: string) => `${method} ${pathOf(index)}`)
    const requiredHeaders = `Host: 127.0.0.1\r\nAuthorization: Bearer ours\r\nX-Case: ${index}`
    return Buffer.from([target, requiredHeaders, ...rest].join('\r\n'), 'latin1')
  })
}

function unescape(code: string): string {
  const known: Record<string, string> = { r: '\r', n: '\n', t: '\t', f: '\f' }
  return known[code] ?? String.fromCharCode(Number.parseInt(code.slice(1), 16))
}
