import type { HmacAuth, HmacScheme } from '../auth-types.ts'
import { acquia } from './acquia.ts'
import { hawk } from './hawk.ts'
import { AZURE, SHOPIFY, SIMPLE, STRIPE } from './hmac-presets.ts'
import type { HmacPart, HmacRecipe } from './hmac-recipe.ts'
import { httpSignatureHmac } from './http-signature-hmac.ts'
import { SigningError } from './request.ts'
import type { BodyRequirement, RequestAuthenticator } from './request-authenticator.ts'
import { signByRecipe } from './sign-by-recipe.ts'

const SCHEMES: Record<HmacScheme, RequestAuthenticator<HmacAuth>> = {
  rfc9421: httpSignatureHmac,
  simple: byRecipe(() => SIMPLE),
  acquia,
  azure: byRecipe(() => AZURE),
  hawk,
  stripe: byRecipe(() => STRIPE),
  shopify: byRecipe(() => SHOPIFY),
  custom: byRecipe(({ recipe }) => recipe),
}

/** Signs with HMAC-SHA-256. The scheme defines the signed text. */
export const hmac: RequestAuthenticator<HmacAuth> = {
  ownHeaders: (settings) =>
    settings.scheme === undefined ? [] : SCHEMES[settings.scheme].ownHeaders(settings),
  bodyRequirement: (auth, request) => SCHEMES[auth.scheme].bodyRequirement(auth, request),
  authenticate: (auth, request, context) =>
    SCHEMES[auth.scheme].authenticate(auth, request, context),
}

function byRecipe(
  choose: (auth: Partial<HmacAuth>) => HmacRecipe | undefined,
): RequestAuthenticator<HmacAuth> {
  const requireRecipe = (auth: HmacAuth): HmacRecipe => {
    const recipe = choose(auth)
    if (recipe !== undefined) return recipe
    throw new SigningError('The recipe of the signature is missing.')
  }
  return {
    ownHeaders: (settings) => choose(settings)?.headers.map(({ name }) => name) ?? [],
    bodyRequirement: (auth) => recipeBodyRequirement(requireRecipe(auth)),
    authenticate: (auth, request, context) => {
      const signing = { recipe: requireRecipe(auth), auth, clientId: auth.clientId }
      return signByRecipe(signing, request, context)
    },
  }
}

function recipeBodyRequirement({ parts, headers }: HmacRecipe): BodyRequirement {
  if (parts.some(takesBytes)) return 'bytes'
  const isDigestSigned = parts.some((each) => each.part === 'body_sha256')
  const isDigestSent = headers.some(({ value }) => value.includes('{body_sha256}'))
  return isDigestSigned || isDigestSent ? 'digest' : 'nothing'
}

function takesBytes(part: HmacPart): boolean {
  if (part.part === 'header') return part.name.toLowerCase() === 'content-length'
  return part.part === 'body'
}
