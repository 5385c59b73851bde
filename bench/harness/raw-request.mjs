// Requests as text, complete: they are made before the clock runs.

/**
 * A POST as the bytes of HTTP/1.1.
 *
 * @param {{ path: string, contentType: string, body: string, authorization?: string | undefined }} request
 */
export function rawPost({ path, contentType, body, authorization }) {
  return [
    `POST ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'User-Agent: keyporter-bench',
    'Accept: */*',
    ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
    `Content-Type: ${contentType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n')
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
