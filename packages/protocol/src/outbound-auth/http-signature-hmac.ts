import type { HmacAuth } from '../auth-types.ts'
import { hmacKey } from './hmac-key.ts'
import { SIGNATURE_HEADERS, signMessage } from './http-signature.ts'
import type { RequestAuthenticator } from './request-authenticator.ts'

/**
 * Signs as HTTP Message Signatures define, with a shared secret. The client ID is the `keyid`.
 *
 * @see RFC 9421 §3.3.3
 */
export const httpSignatureHmac: RequestAuthenticator<HmacAuth> = {
  ownHeaders: () => SIGNATURE_HEADERS,
  bodyRequirement: () => 'digest',
  authenticate: (auth, request, context) =>
    signMessage(
      request,
      {
        parameters: [
          ['created', Math.floor(context.nowMs / 1000)],
          ['keyid', auth.clientId],
          ['alg', 'hmac-sha256'],
        ],
        sign: (base) => context.hmacSha256(hmacKey(auth, 'utf8', context), base),
        secrets: [auth.clientSecret],
      },
      context,
    ),
}
