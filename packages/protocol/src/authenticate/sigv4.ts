/** AWS Signature Version 4 in the header form: one `Authorization` over the whole request. */

import type { AwsSigV4Auth } from './auth.ts'
import type { Authenticator } from './authenticator.ts'
import type { Header } from './request.ts'
import { canonicalHeaders, readHeaders } from './sigv4-headers.ts'
import { isS3, payloadHash, takesUnsignedBody } from './sigv4-payload.ts'
import { formatAmzDate, signCanonically } from './sigv4-signature.ts'
import { canonicalPath, canonicalQuery, pathOnWire, queryOnWire } from './sigv4-url.ts'

/**
 * AWS Signature Version 4. S3 over https may be sent a body that nobody has seen whole, which is then not
 * signed; everything else takes the digest. Path and query are sent in the one spelling that all servers
 * agree on: what can be percent-encoded is, and a `+` in the query is the space that AWS takes it for.
 *
 * A session token stands in the headers, and so in the explanation.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export const awsSigV4: Authenticator<AwsSigV4Auth> = {
  bodyRequirement: (auth, { origin }) => (takesUnsignedBody(auth, origin) ? 'nothing' : 'digest'),

  authenticate: (auth, request, context) => {
    const { passing, statedPayload } = readHeaders(request.headers)
    const payload = payloadHash({ auth, request, stated: statedPayload }, context)
    const amzDate = formatAmzDate(context.nowMs)
    const headers: Header[] = [...passing, { name: 'X-Amz-Date', value: amzDate }]
    if (auth.sessionToken !== undefined) {
      headers.push({ name: 'X-Amz-Security-Token', value: auth.sessionToken })
    }
    // S3 demands it, some other services do; whoever states one there wants it sent.
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
