/** Signs a request with a recipe. */

import type { HmacAuth } from '../auth-types.ts'
import { encodeBase64, encodeBase64url, encodeHex, encodeUtf8 } from '../bytes.ts'
import { dropHeaders, setHeaders } from './header-lines.ts'
import { hmacKey } from './hmac-key.ts'
import type { HmacRecipe } from './hmac-recipe.ts'
import { showBody } from './outgoing-body.ts'
import { dropQueryParameter, setQueryParameter } from './query-parameters.ts'
import { createRecipeInputs, type RecipeInputs, recipePart } from './recipe-parts.ts'
import {
  type AuthenticatedRequest,
  type OutgoingRequest,
  type SigningContext,
  SigningError,
} from './request.ts'

/** A recipe with the credentials that it uses. */
export type RecipeSigning = {
  readonly recipe: HmacRecipe
  readonly auth: HmacAuth
  /** In the encoding of the scheme. */
  readonly clientId: string
}

type Output = NonNullable<HmacRecipe['output']>

const OUTPUTS: Record<Output, (mac: Uint8Array) => string> = {
  hex: encodeHex,
  hex_upper: (mac) => encodeHex(mac).toUpperCase(),
  base64: encodeBase64,
  base64url: encodeBase64url,
}

const SIGNATURE = '{signature}'
const PLACEHOLDER = /\{(signature|timestamp|nonce|client_id|body_sha256)\}/g

/**
 * Returns the request with the headers of the recipe. Headers without the signature are set first, so
 * that the recipe can sign them.
 *
 * @throws {SigningError} when the recipe has no place for the signature, the secret does not have the
 *   key encoding, or the request lacks a signed part
 */
export function signByRecipe(
  { recipe, auth, clientId }: RecipeSigning,
  request: OutgoingRequest,
  context: SigningContext,
): AuthenticatedRequest {
  const signed = prepareRequest(recipe, request)
  const inputs = createRecipeInputs({ recipe, clientId }, signed, context)
  const plain = fillHeaders(
    recipe.headers.filter(({ value }) => !value.includes(SIGNATURE)),
    inputs,
  )
  const message = formatMessage(recipe, { ...inputs, headers: [...signed.headers, ...plain] })
  const key = hmacKey(auth, recipe.key ?? 'utf8', context)
  const mac = context.hmacSha256(key, message.signed)
  const signature = OUTPUTS[recipe.output ?? 'hex'](mac)
  return {
    path: request.path,
    query:
      recipe.queryParameter === undefined
        ? signed.query
        : setQueryParameter(signed.query, recipe.queryParameter, signature),
    headers: setHeaders(signed.headers, fillHeaders(recipe.headers, inputs, signature)),
    secrets: [auth.clientSecret],
    explanation: { canonicalRequest: message.shown, stringToSign: message.shown },
  }
}

/** Removes headers and parameters that the recipe sets, so that caller input never replaces them. */
function prepareRequest(recipe: HmacRecipe, request: OutgoingRequest): OutgoingRequest {
  const { queryParameter } = recipe
  const isPlaced = recipe.headers.some(({ value }) => value.includes(SIGNATURE))
  if (!isPlaced && queryParameter === undefined) {
    throw new SigningError(
      'The recipe has no place for the signature. Put {signature} in a header, or set queryParameter.',
    )
  }
  return {
    ...request,
    query:
      queryParameter === undefined
        ? request.query
        : dropQueryParameter(request.query, queryParameter),
    headers: dropHeaders(request.headers, recipe.headers),
  }
}

/** Returns the signed text (bytes if it contains a body) and its form for the explanation. */
function formatMessage(recipe: HmacRecipe, inputs: RecipeInputs) {
  const pieces: (string | Uint8Array)[] = []
  for (const [index, part] of recipe.parts.entries()) {
    if (index > 0) pieces.push(recipe.separator)
    pieces.push(recipePart(part, inputs))
  }
  if (recipe.trailingSeparator === true) pieces.push(recipe.separator)
  const shown = pieces
    .map((piece) => (typeof piece === 'string' ? piece : showBody(piece)))
    .join('')
  const isText = pieces.every((piece) => typeof piece === 'string')
  return { shown, signed: isText ? shown : joinBytes(pieces) }
}

function joinBytes(pieces: readonly (string | Uint8Array)[]): Uint8Array {
  const all = pieces.map((piece) => (typeof piece === 'string' ? encodeUtf8(piece) : piece))
  const joined = new Uint8Array(all.reduce((length, piece) => length + piece.length, 0))
  let end = 0
  for (const piece of all) {
    joined.set(piece, end)
    end += piece.length
  }
  return joined
}

/** Replaces all placeholders in one pass, so that a value that looks like a placeholder is not replaced. */
function fillHeaders(headers: HmacRecipe['headers'], inputs: RecipeInputs, signature = '') {
  return headers.map(({ name, value }) => ({
    name,
    value: value.replaceAll(PLACEHOLDER, (text, word: string) => {
      if (text === SIGNATURE) return signature
      if (word === 'timestamp') return inputs.timestamp()
      if (word === 'nonce') return inputs.nonce()
      return word === 'client_id' ? inputs.clientId : inputs.bodySha256()
    }),
  }))
}
