import type { HmacRecipe } from './hmac-recipe.ts'

/** The schemes of `hmac_sha256`: who defined what is signed. */
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

/** A way of signing in with every value that it needs. OAuth2 and logins have become `bearer` by then. */
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
      /** `Bearer` as a rule; empty for none. */
      readonly prefix: string
      /** `Authorization` as a rule. */
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

/** A signature by HMAC-SHA-256. */
export type HmacAuth = {
  readonly kind: 'hmac_sha256'
  readonly clientId: string
  readonly clientSecret: string
  readonly scheme: HmacScheme
  /** Of `custom`, and only there. */
  readonly recipe?: HmacRecipe | undefined
}
