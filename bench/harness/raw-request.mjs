// Complete requests as text, created before the measurement begins.

/**
 * Returns an HTTP/1.1 POST request.
 *
 * @param {{ path: string, contentType: string, body: string, authorization?: string | undefined }} request
 */
export function rawPost({ body, ...request }) {
  return rawPostHead({ ...request, byteCount: Buffer.byteLength(body) }) + body
}

/**
 * Returns the head of a POST request, without the body.
 *
 * @param {{ path: string, contentType: string, byteCount: number, authorization?: string | undefined }} request
 */
export function rawPostHead({ path, contentType, byteCount, authorization }) {
  const lines = [`Content-Type: ${contentType}`, `Content-Length: ${byteCount}`]
  return rawHead(`POST ${path}`, authorization, lines)
}

/** @param {{ path: string, authorization?: string | undefined }} request */
export function rawGet({ path, authorization }) {
  return rawHead(`GET ${path}`, authorization, [])
}

/**
 * @param {Record<string, string>} fields
 * @param {{ path: string, authorization?: string }} request
 */
export function rawForm(fields, { path, authorization }) {
  const body = new URLSearchParams(fields).toString()
  return rawPost({ path, contentType: 'application/x-www-form-urlencoded', body, authorization })
}

/**
 * @param {object} value
 * @param {{ path: string, authorization?: string }} request
 */
export function rawJson(value, { path, authorization }) {
  return rawPost({
    path,
    contentType: 'application/json',
    body: JSON.stringify(value),
    authorization,
  })
}

/** @param {{ clientId: string, clientSecret: string }} pair */
export function basic({ clientId, clientSecret }) {
  return `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`
}

/**
 * @param {string} target after the method
 * @param {string | undefined} authorization
 * @param {readonly string[]} lines
 */
function rawHead(target, authorization, lines) {
  return [
    `${target} HTTP/1.1`,
    'Host: 127.0.0.1',
    'User-Agent: keyporter-bench',
    'Accept: */*',
    ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
    ...lines,
    '',
    '',
  ].join('\r\n')
}
