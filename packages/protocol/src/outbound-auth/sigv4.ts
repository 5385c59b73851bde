/** AWS Signature Version 4 in the `Authorization` header. */

import type { AwsSigV4Auth } from '../auth-types.ts'
import type { Header } from './request.ts'
import type { RequestAuthenticator } from './request-authenticator.ts'
import { canonicalHeaders, readHeaders } from './sigv4-headers.ts'
import { isS3, payloadHash, takesUnsignedBody } from './sigv4-payload.ts'
import { formatAmzDate, signCanonically } from './sigv4-signature.ts'
import { canonicalPath, canonicalQuery, pathOnWire, queryOnWire } from './sigv4-url.ts'

/**
 * Signs with AWS Signature Version 4. For S3 over https, a streamed body is sent unsigned; all other
 * requests require the body digest. Path and query are re-encoded to the form that all servers accept:
 * every reserved character is percent-encoded, and `+` in the query is a space, as in AWS.
 *
 * A session token is part of the headers, and so of the explanation.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export const awsSigV4: RequestAuthenticator<AwsSigV4Auth> = {
  ownHeaders: () => ['Authorization', 'X-Amz-Date', 'X-Amz-Security-Token', 'X-Amz-Content-Sha256'],
  bodyRequirement: (auth, { origin }) => (takesUnsignedBody(auth, origin) ? 'nothing' : 'digest'),

  authenticate: (auth, request, context) => {
    const { passing, statedPayload } = readHeaders(request.headers)
    const payload = payloadHash({ auth, request, stated: statedPayload }, context)
    const amzDate = formatAmzDate(context.nowMs)
    const headers: Header[] = [...passing, { name: 'X-Amz-Date', value: amzDate }]
    if (auth.sessionToken !== undefined) {
      headers.push({ name: 'X-Amz-Security-Token', value: auth.sessionToken })
    }
    // Required by S3. For other services it is sent if the caller stated it.
    if (isS3(auth) || statedPayload !== undefined) {
      headers.push({ name: 'X-Amz-Content-Sha256', value: payload })
    }

    const { method, origin } = request
    const path = pathOnWire(auth, request.path)
    const query = queryOnWire(request.query)
    const signed = canonicalHeaders(headers, origin)
    const { credential, signature, explanation } = signCanonically(
      auth,
      {
        method,
        path: canonicalPath(auth, path),
        query: canonicalQuery(query),
        headers: signed,
        payload,
        amzDate,
      },
      context,
    )
    headers.push({
      name: 'Authorization',
      value: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signed.names}, Signature=${signature}`,
    })
    const secrets = auth.sessionToken === undefined ? [] : [auth.sessionToken]
    return { path, query, headers, secrets, explanation }
  },
}
