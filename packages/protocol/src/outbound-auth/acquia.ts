/** HTTP HMAC 2.0, the scheme of Acquia. */

import type { HmacAuth } from '../auth-types.ts'
import { encodeHex } from '../bytes.ts'
import type { HmacPart, HmacRecipe } from './hmac-recipe.ts'
import { hasBody } from './outgoing-body.ts'
import { percentEncode } from './query-parameters.ts'
import type { SigningContext } from './request.ts'
import type { RequestAuthenticator } from './request-authenticator.ts'
import { signByRecipe } from './sign-by-recipe.ts'

const UUID = /^[\da-f]{8}-[\da-f]{4}-[14][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i
const LINE_END: HmacPart = { part: 'literal', text: '\n' }

/** The additional signed parts of a request with a body. */
const BODY_PARTS: readonly HmacPart[] = [
  LINE_END,
  { part: 'header', name: 'Content-Type', case: 'lower' },
  LINE_END,
  { part: 'body_sha256', encoding: 'base64' },
]

/** The default realm of Acquia's clients. */
const REALM = 'Acquia'

const WITHOUT_BODY = acquiaRecipe({ realm: REALM, signedHeaders: [], hasBody: false })
const WITH_BODY = acquiaRecipe({ realm: REALM, signedHeaders: [], hasBody: true })

/** Signs with HTTP HMAC 2.0. The client ID is the `id`; the client secret is base64. */
export const acquia: RequestAuthenticator<HmacAuth> = {
  ownHeaders: () => WITH_BODY.headers.map(({ name }) => name),
  bodyRequirement: () => 'digest',
  authenticate: (auth, request, context) => {
    const recipe = hasBody(request.body) ? WITH_BODY : WITHOUT_BODY
    const signing = { recipe, auth, clientId: percentEncode(auth.clientId) }
    return signByRecipe(signing, request, { ...context, nonce: () => makeUuid(context) })
  },
}

/**
 * Returns the scheme as a recipe. The recipe requires a percent-encoded client ID.
 *
 * @see https://github.com/acquia/http-hmac-spec/tree/2.0
 */
export function acquiaRecipe(options: {
  readonly realm: string
  /** Additional headers to sign. */
  readonly signedHeaders: readonly string[]
  readonly hasBody: boolean
}): HmacRecipe {
  const realm = percentEncode(options.realm)
  const names = percentEncode(options.signedHeaders.join(';'))
  const contentHash = { name: 'X-Authorization-Content-SHA256', value: '{body_sha256}' }
  return {
    parts: [...headParts(realm, options.signedHeaders), ...(options.hasBody ? BODY_PARTS : [])],
    separator: '',
    key: 'base64',
    output: 'base64',
    headers: [
      { name: 'X-Authorization-Timestamp', value: '{timestamp}' },
      ...(options.hasBody ? [contentHash] : []),
      {
        name: 'Authorization',
        value:
          `acquia-http-hmac ${names === '' ? '' : `headers="${names}",`}id="{client_id}",` +
          `nonce="{nonce}",realm="${realm}",signature="{signature}",version="2.0"`,
      },
    ],
  }
}

function headParts(realm: string, signedHeaders: readonly string[]): readonly HmacPart[] {
  const names = signedHeaders.map((name) => name.toLowerCase()).sort()
  return [
    { part: 'method' },
    LINE_END,
    { part: 'host' },
    LINE_END,
    { part: 'path' },
    LINE_END,
    { part: 'query' },
    { part: 'literal', text: '\nid=' },
    { part: 'client_id' },
    { part: 'literal', text: '&nonce=' },
    { part: 'nonce' },
    { part: 'literal', text: `&realm=${realm}&version=2.0\n` },
    ...names.flatMap((name): readonly HmacPart[] => [
      { part: 'literal', text: `${name}:` },
      { part: 'header', name },
      LINE_END,
    ]),
    { part: 'timestamp' },
  ]
}

/** The scheme requires a UUID as nonce. Other nonces become the version 4 UUID of their digest. */
function makeUuid(context: SigningContext): string {
  const nonce = context.nonce()
  if (UUID.test(nonce)) return nonce
  const digest = encodeHex(context.sha256(nonce))
  const groups = [digest.slice(0, 8), digest.slice(8, 12), `4${digest.slice(13, 16)}`]
  return [...groups, `a${digest.slice(17, 20)}`, digest.slice(20, 32)].join('-')
}
