/** AWS Signature Version 4 in the query: presigned URLs. */
import type { AwsSigV4Auth } from '../auth-types.ts'
import { percentEncode } from './query-parameters.ts'
import {
  type AuthenticatedRequest,
  type Header,
  type OutgoingRequest,
  type SigningContext,
  SigningError,
} from './request.ts'
import { canonicalHeaders, readHeaders } from './sigv4-headers.ts'
import { isS3, payloadHash, UNSIGNED_PAYLOAD } from './sigv4-payload.ts'
import { credentialOf, formatAmzDate, signCanonically } from './sigv4-signature.ts'
import {
  canonicalPath,
  canonicalQuery,
  pathOnWire,
  queryOnWire,
  withoutParameters,
} from './sigv4-url.ts'

/** The limit of AWS: one week. */
const EXPIRES_SECONDS_MAX = 604_800

/** Parameters that the presigned URL sets. Existing parameters of these names are dropped. */
const OWN_PARAMETERS: ReadonlySet<string> = new Set([
  'X-Amz-Algorithm',
  'X-Amz-Content-Sha256',
  'X-Amz-Credential',
  'X-Amz-Date',
  'X-Amz-Expires',
  'X-Amz-Security-Token',
  'X-Amz-Signature',
  'X-Amz-SignedHeaders',
])

/**
 * Returns the request with its signature in the query. The URL is valid for `expiresInSeconds`, but not
 * longer than a session token. `X-Amz-` headers move to the query, except for the encryption headers,
 * which S3 reads only from headers: these are signed and must be sent. All other headers are optional.
 *
 * @throws {SigningError} when `expiresInSeconds` is not 1 to 604,800, or a required body digest is unknown
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 */
export function presignAwsSigV4(
  auth: AwsSigV4Auth,
  request: OutgoingRequest & { readonly expiresInSeconds: number },
  context: SigningContext,
): AuthenticatedRequest {
  const { method, origin, expiresInSeconds } = request
  if (!(expiresInSeconds >= 1 && expiresInSeconds <= EXPIRES_SECONDS_MAX)) {
    throw new SigningError('The lifetime of a presigned URL must be 1 to 604800 seconds.')
  }
  const { passing, statedPayload } = readHeaders(request.headers)
  const inQuery = passing.filter(movesIntoQuery)
  const headers = passing.filter((header) => !movesIntoQuery(header))
  const signedHeaders = canonicalHeaders(headers.filter(isOfAws), origin)

  const amzDate = formatAmzDate(context.nowMs)
  const path = pathOnWire(auth, request.path)
  const unsigned = joinQuery(withoutParameters(queryOnWire(request.query), OWN_PARAMETERS), [
    ...inQuery,
    { name: 'X-Amz-Algorithm', value: 'AWS4-HMAC-SHA256' },
    { name: 'X-Amz-Credential', value: credentialOf(auth, amzDate) },
    { name: 'X-Amz-Date', value: amzDate },
    { name: 'X-Amz-Expires', value: String(Math.floor(expiresInSeconds)) },
    ...(auth.sessionToken === undefined
      ? []
      : [{ name: 'X-Amz-Security-Token', value: auth.sessionToken }]),
    { name: 'X-Amz-SignedHeaders', value: signedHeaders.names },
  ])
  const payload = isS3(auth)
    ? UNSIGNED_PAYLOAD
    : payloadHash({ auth, request, stated: statedPayload }, context)
  const { signature, explanation } = signCanonically(
    auth,
    {
      method,
      path: canonicalPath(auth, path),
      query: canonicalQuery(unsigned),
      headers: signedHeaders,
      payload,
      amzDate,
    },
    context,
  )
  const query = `${unsigned}&X-Amz-Signature=${signature}`
  const secrets = auth.sessionToken === undefined ? [] : [auth.sessionToken]
  return { path, query, headers, secrets, explanation }
}

function isOfAws({ name }: Header): boolean {
  return name.toLowerCase().startsWith('x-amz-')
}

function movesIntoQuery(header: Header): boolean {
  return isOfAws(header) && !header.name.toLowerCase().startsWith('x-amz-server-side-encryption')
}

function joinQuery(query: string, parameters: readonly Header[]): string {
  const pairs = parameters.map(
    ({ name, value }) => `${percentEncode(name)}=${percentEncode(value)}`,
  )
  return [...(query === '' ? [] : [query]), ...pairs].join('&')
}
