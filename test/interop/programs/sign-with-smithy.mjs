// Signs requests with the AWS SDK for JavaScript. Reads the requests as JSON and writes their Authorization headers as
// JSON. A separate program, because the modules do not load with the export conditions that Vitest sets.
import { text } from 'node:stream/consumers'
import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'

const cases = JSON.parse(await text(process.stdin))
process.stdout.write(JSON.stringify(await Promise.all(cases.map(sign))))

async function sign({ auth, nowMs, method, url, headers, body, isUnsigned }) {
  const { accessKeyId, secretAccessKey, sessionToken, region, service } = auth
  const isS3 = service === 's3'
  const { protocol, host, hostname } = new URL(url)
  const [, path, query = ''] = /^[a-z]+:\/\/[^/?]+([^?]*)\??(.*)$/.exec(url)
  const signer = new SignatureV4({
    service,
    region,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    sha256: Sha256,
    uriEscapePath: !isS3,
    applyChecksum: isS3,
  })
  const request = {
    method,
    protocol,
    hostname,
    path,
    query: readQuery(query),
    headers: {
      host,
      ...joinHeaders(headers),
      ...(isUnsigned && { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }),
    },
    body: Buffer.from(body, 'latin1'),
  }
  const signed = await signer.sign(request, { signingDate: new Date(nowMs) })
  return signed.headers.authorization
}

function readQuery(query) {
  const parameters = new URLSearchParams(query)
  return Object.fromEntries([...parameters.keys()].map((name) => [name, parameters.getAll(name)]))
}

/** Joins repeated headers, because the library accepts one value for each name. */
function joinHeaders(headers) {
  const joined = {}
  for (const { name, value } of headers) {
    const before = joined[name.toLowerCase()]
    joined[name.toLowerCase()] = before === undefined ? value.trim() : `${before},${value.trim()}`
  }
  return joined
}
