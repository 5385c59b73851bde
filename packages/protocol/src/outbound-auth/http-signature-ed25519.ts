import type { AuthOf } from '../auth-types.ts'
import { encodeBase64url } from '../bytes.ts'
import { parseEd25519PrivateKey } from './ed25519-key.ts'
import {
  type MessageSigner,
  SIGNATURE_HEADERS,
  SIGNATURE_LABEL,
  signMessage,
} from './http-signature.ts'
import { type SigningContext, SigningError } from './request.ts'
import type { RequestAuthenticator } from './request-authenticator.ts'
import { secretFingerprint } from './secret-fingerprint.ts'
import { formatString, type SignatureParameters } from './signature-base.ts'

type Ed25519Auth = AuthOf<'http_signature_ed25519'>

/** The lifetime of a signature. Web Bot Auth recommends at most 24 hours. */
const LIFETIME_SECONDS = 300

const AGENT_HEADER = 'Signature-Agent'

/**
 * Signs as HTTP Message Signatures define, with Ed25519. A signature agent is the URL of the public key.
 * With it, the signature follows Web Bot Auth, which requires the JWK thumbprint of the public key as the
 * key ID (RFC 8037 appendix A.3).
 *
 * @see RFC 9421 §3.3.6
 * @see draft-meunier-webbotauth-httpsig-protocol-02, which continues draft-meunier-web-bot-auth-architecture-05
 *   and contains draft-meunier-http-message-signatures-directory
 */
export const httpSignatureEd25519: RequestAuthenticator<Ed25519Auth> = {
  ownHeaders: ({ signatureAgent }) =>
    signatureAgent === undefined ? SIGNATURE_HEADERS : [...SIGNATURE_HEADERS, AGENT_HEADER],
  bodyRequirement: () => 'digest',
  authenticate: (auth, request, context) => {
    const { signEd25519 } = context
    if (signEd25519 === undefined)
      throw new SigningError(
        'Ed25519 signatures are not supported on this platform. Use another authentication type.',
      )
    const key = privateKey(auth, context)
    return signMessage(
      request,
      {
        parameters: parametersOf(auth, context),
        sign: (base) => signEd25519(key, base),
        secrets: [auth.privateKey, encodeBase64url(key)],
        signedHeader: signedAgent(auth),
      },
      context,
    )
  },
}

function parametersOf(
  { keyId, signatureAgent }: Ed25519Auth,
  { nowMs, nonce }: SigningContext,
): SignatureParameters {
  const created = Math.floor(nowMs / 1000)
  return [
    ['created', created],
    ['keyid', keyId],
    ['alg', 'ed25519'],
    ['expires', created + LIFETIME_SECONDS],
    ['nonce', nonce()],
    ...(signatureAgent === undefined ? [] : [['tag', 'web-bot-auth'] as const]),
  ]
}

/** A dictionary whose member has the label of the signature. The signature covers the member. */
function signedAgent({ signatureAgent }: Ed25519Auth): MessageSigner['signedHeader'] {
  if (signatureAgent === undefined) return undefined
  const member = formatString(signatureAgent)
  return {
    header: { name: AGENT_HEADER, value: `${SIGNATURE_LABEL}=${member}` },
    component: { name: AGENT_HEADER.toLowerCase(), key: SIGNATURE_LABEL, member },
  }
}

function privateKey(auth: Ed25519Auth, context: SigningContext): Uint8Array {
  const parse = () => {
    const key = parseEd25519PrivateKey(auth.privateKey)
    if (key !== undefined) return key
    throw new SigningError('The private key is neither PKCS #8 in PEM nor a JWK of Ed25519.')
  }
  if (context.cachedKey === undefined) return parse()
  const name = `http_signature_ed25519 ${secretFingerprint(auth, auth.privateKey, context)}`
  return context.cachedKey(name, parse)
}
