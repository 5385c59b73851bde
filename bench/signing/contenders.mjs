// The contenders. Each loads only its own library and returns, for each supported task, a function that signs
// once and returns the signature.
import { createHash, createHmac } from 'node:crypto'
import {
  AWS_KEY,
  BODY,
  CLIENT_ID,
  CLIENT_SECRET,
  HEADERS,
  HOST,
  PATH,
  QUERY,
  REGION,
  SERVICE,
} from './signed-request.mjs'

/**
 * @typedef {(at: Date) => string | Promise<string>} Sign
 * @typedef {Partial<Record<import('./signed-request.mjs').Task, Sign>>} Contender
 */

const query = new URLSearchParams(QUERY).toString()

/** @type {Record<string, () => Promise<Contender>>} */
export const contenders = {
  Keyporter: async () => (await import('./sign-with-keyporter.ts')).tasks,

  'http-message-signatures': async () => {
    const { createSigner, httpbis } = await import('http-message-signatures')
    const key = createSigner(Buffer.from(CLIENT_SECRET), 'hmac-sha256', CLIENT_ID)
    const message = { method: 'GET', url: `https://${HOST}${PATH}?${query}`, headers: HEADERS }
    return {
      rfc9421: async (created) => {
        const config = {
          key,
          fields: ['@method', '@authority', '@path', '@query'],
          params: ['created', 'keyid', 'alg'],
          paramValues: { created },
        }
        const { headers } = await httpbis.signMessage(config, message)
        return String(headers['Signature'])
      },
    }
  },

  // With the SHA-256 of the documentation.
  '@smithy/signature-v4': async () => smithy((await import('@aws-crypto/sha256-js')).Sha256),

  // With Node's SHA-256, as in the AWS SDK for Node.
  "@smithy/signature-v4, Node's SHA-256": () => smithy(NodeSha256),

  aws4: async () => {
    const { default: aws4 } = await import('aws4')
    const sign = (method, body) => (/** @type {Date} */ at) => {
      const { headers } = aws4.sign(
        {
          method,
          host: HOST,
          path: `${PATH}?${query}`,
          service: SERVICE,
          region: REGION,
          headers: { ...HEADERS, 'X-Amz-Date': amzDate(at) },
          // Unlike the other libraries, aws4 signs Content-Length by default.
          extraHeadersToIgnore: { 'content-length': true },
          ...(body === undefined ? {} : { body }),
        },
        AWS_KEY,
      )
      return headers['Authorization']
    }
    return { 'sigv4-get': sign('GET'), 'sigv4-post': sign('POST', BODY) }
  },
}

/**
 * @param {new (secret?: string | Uint8Array) => NodeSha256 | import('@aws-crypto/sha256-js').Sha256} sha256
 * @returns {Promise<Contender>}
 */
async function smithy(sha256) {
  const { SignatureV4 } = await import('@smithy/signature-v4')
  const signer = new SignatureV4({
    credentials: AWS_KEY,
    region: REGION,
    service: SERVICE,
    sha256,
    applyChecksum: false,
  })
  const common = { protocol: 'https:', hostname: HOST, path: PATH, query: QUERY }
  const sign = (request) => async (/** @type {Date} */ signingDate) => {
    const message = { ...common, ...request, headers: { ...HEADERS, host: HOST } }
    const { headers } = await signer.sign(message, { signingDate })
    return headers['authorization']
  }
  return {
    'sigv4-get': sign({ method: 'GET' }),
    'sigv4-post': sign({ method: 'POST', body: BODY }),
  }
}

class NodeSha256 {
  #hash
  /** @param {string | Uint8Array} [secret] */
  constructor(secret) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret)
  }
  /** @param {string | Uint8Array} data */
  update(data) {
    this.#hash.update(data)
  }
  async digest() {
    return this.#hash.digest()
  }
}

/** @param {Date} at */
function amzDate(at) {
  return `${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
}
