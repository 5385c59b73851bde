import type { HmacRecipe } from './hmac-recipe.ts'

/** The schemes of `hmac_sha256`. Each scheme defines the signed text and its headers. */
export const HMAC_SCHEMES = [
  'rfc9421',
  'simple',
  'acquia',
  'azure',
  'hawk',
  'stripe',
  'shopify',
  'custom',
] as const
export type HmacScheme = (typeof HMAC_SCHEMES)[number]

/** An authentication type with its credentials. Types that fetch a token use `bearer` with that token. */
export type Auth =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'api_key'
      readonly name: string
      readonly value: string
      readonly in: 'header' | 'query' | 'cookie'
    }
  | {
      readonly kind: 'headers'
      readonly entries: readonly { readonly name: string; readonly value: string }[]
    }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | {
      readonly kind: 'bearer'
      readonly token: string
      /** Usually `Bearer`. Empty for no prefix. */
      readonly prefix: string
      /** Usually `Authorization`. */
      readonly header: string
    }
  | AwsSigV4Auth
  | HmacAuth

/** AWS Signature Version 4. */
export type AwsSigV4Auth = {
  readonly kind: 'aws_sigv4'
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
  readonly region: string
  readonly service: string
}

/** An HMAC-SHA-256 signature. */
export type HmacAuth = {
  readonly kind: 'hmac_sha256'
  readonly clientId: string
  readonly clientSecret: string
  readonly scheme: HmacScheme
  /** Required for the scheme `custom`, ignored otherwise. */
  readonly recipe?: HmacRecipe | undefined
}
