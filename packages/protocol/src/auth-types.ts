/**
 * The authentication types of outbound requests, one row each. Contract, server and console derive from
 * this table. `outbound-auth/authenticate-request.ts` has the implementation of each row.
 */
import type { HmacRecipe } from './outbound-auth/hmac-recipe.ts'

/** The condition that another field of the same type has this value. */
export type AuthFieldCondition = { readonly field: string; readonly value: string }

/** A field of an authentication type. */
export type AuthField = {
  readonly type: keyof FieldValues
  /** Stored encrypted in the connection, and never returned. */
  readonly isSecret?: true
  /** Integration and connection together must set the field. */
  readonly isRequired?: true
  readonly mayBeEmpty?: true
  /** The field is ignored unless the condition is true. */
  readonly onlyWith?: AuthFieldCondition
  /** The value if the field is not set. */
  readonly default?: string
  readonly choices?: readonly string[]
  /** The maximum length in characters. */
  readonly max?: number
  /**
   * Secrets are sent to this URL: requests are sent below a `base`, and an `endpoint` is called unchanged.
   */
  readonly destination?: 'base' | 'endpoint'
  /** The field is the name of the header for the credential, always or with this condition. */
  readonly isHeaderName?: true | AuthFieldCondition
}

/** The value of a field by its type. */
type FieldValues = {
  readonly text: string
  readonly url: string
  readonly choice: string
  readonly words: readonly string[]
  readonly number: number
  readonly parameters: Readonly<Record<string, string>>
  readonly entries: readonly { readonly name: string; readonly value: string }[]
  readonly recipe: HmacRecipe
}

type AuthType = {
  /** Whether calls require a token that is fetched first. Such types then authenticate as `bearer`. */
  readonly needsToken: boolean
  /** Whether a person must consent before the first token is fetched. */
  readonly needsConsent?: true
  /** Whether the signed request contains no reusable secret, so that a caller can receive and send it. */
  readonly isSignable: boolean
  /** If this condition is true, the signed request contains a reusable secret, so that it is not signable. */
  readonly notSignableWith?: AuthFieldCondition
  /** For types that need a token, the first field with the destination `endpoint` is the token or login URL. */
  readonly fields: Readonly<Record<string, AuthField>>
}

const username = { type: 'text', isRequired: true, max: 256 } as const
const password = {
  type: 'text',
  isSecret: true,
  isRequired: true,
  // Some accounts have an empty password.
  mayBeEmpty: true,
  max: 512,
} as const
const prefix = { type: 'text', default: 'Bearer', mayBeEmpty: true, max: 64 } as const
const header = { type: 'text', default: 'Authorization', isHeaderName: true, max: 128 } as const
const url = { type: 'url', max: 2048 } as const
const endpoint = { ...url, isRequired: true, destination: 'endpoint' } as const
const clientId = { type: 'text', isRequired: true, max: 512 } as const
const clientSecret = { type: 'text', isSecret: true, isRequired: true, max: 1024 } as const
const clientAuth = { type: 'choice', choices: ['basic', 'body'], default: 'basic' } as const

/** Every authentication type, in the order of the API. */
export const AUTH_TYPES = {
  none: { needsToken: false, isSignable: true, fields: {} },
  api_key: {
    needsToken: false,
    isSignable: false,
    fields: {
      name: {
        type: 'text',
        isRequired: true,
        isHeaderName: { field: 'in', value: 'header' },
        max: 128,
      },
      in: { type: 'choice', isRequired: true, choices: ['header', 'query', 'cookie'] },
      value: { type: 'text', isSecret: true, isRequired: true, max: 4096 },
    },
  },
  headers: {
    needsToken: false,
    isSignable: false,
    fields: { entries: { type: 'entries', isSecret: true, isRequired: true } },
  },
  basic: { needsToken: false, isSignable: false, fields: { username, password } },
  bearer: {
    needsToken: false,
    isSignable: false,
    fields: {
      prefix,
      header,
      token: { type: 'text', isSecret: true, isRequired: true, max: 8192 },
    },
  },
  aws_sigv4: {
    needsToken: false,
    isSignable: true,
    fields: {
      accessKeyId: { type: 'text', isRequired: true, max: 128 },
      region: { type: 'text', isRequired: true, max: 64 },
      service: { type: 'text', isRequired: true, max: 64 },
      baseEndpoint: { ...url, destination: 'base' },
      secretAccessKey: { type: 'text', isSecret: true, isRequired: true, max: 512 },
      sessionToken: { type: 'text', isSecret: true, max: 4096 },
    },
  },
  hmac_sha256: {
    needsToken: false,
    isSignable: true,
    fields: {
      clientId: { ...clientId, max: 256 },
      scheme: {
        type: 'choice',
        isRequired: true,
        choices: ['rfc9421', 'simple', 'acquia', 'azure', 'hawk', 'stripe', 'shopify', 'custom'],
      },
      recipe: {
        type: 'recipe',
        isRequired: true,
        onlyWith: { field: 'scheme', value: 'custom' },
      },
      clientSecret,
    },
  },
  http_signature_ed25519: {
    needsToken: false,
    isSignable: true,
    fields: {
      keyId: { type: 'text', isRequired: true, max: 256 },
      signatureAgent: url,
      privateKey: { type: 'text', isSecret: true, isRequired: true, max: 2048 },
    },
  },
  oauth1: {
    needsToken: false,
    isSignable: true,
    // The signature consists of the secrets.
    notSignableWith: { field: 'signatureMethod', value: 'PLAINTEXT' },
    fields: {
      consumerKey: { type: 'text', isRequired: true, max: 512 },
      // Not `token`, which is a secret of `bearer`: inputs keep their text when the type changes.
      accessToken: { type: 'text', max: 2048 },
      signatureMethod: {
        type: 'choice',
        choices: ['HMAC-SHA256', 'HMAC-SHA1', 'PLAINTEXT'],
        default: 'HMAC-SHA256',
      },
      realm: { type: 'text', max: 256 },
      consumerSecret: { type: 'text', isSecret: true, isRequired: true, max: 1024 },
      accessTokenSecret: { type: 'text', isSecret: true, max: 1024 },
    },
  },
  oauth2_client_credentials: {
    needsToken: true,
    isSignable: false,
    fields: {
      tokenUrl: endpoint,
      clientId,
      scopes: { type: 'words' },
      audience: { type: 'text', max: 1024 },
      resource: url,
      clientAuth,
      extraParameters: { type: 'parameters' },
      clientSecret,
    },
  },
  oauth2_authorization_code: {
    needsToken: true,
    needsConsent: true,
    isSignable: false,
    fields: {
      tokenUrl: endpoint,
      authorizationUrl: endpoint,
      clientId,
      scopes: { type: 'words' },
      clientAuth,
      extraParameters: { type: 'parameters' },
      clientSecret,
    },
  },
  login_call: {
    needsToken: true,
    isSignable: false,
    fields: {
      loginUrl: endpoint,
      method: { type: 'choice', choices: ['POST', 'PUT', 'GET'], default: 'POST' },
      bodyTemplate: { type: 'text', isRequired: true, max: 4096 },
      contentType: { type: 'choice', choices: ['json', 'form'], default: 'json' },
      username,
      tokenPointer: { type: 'text', isRequired: true, mayBeEmpty: true, max: 256 },
      lifetimeSeconds: { type: 'number' },
      prefix,
      header,
      password,
    },
  },
} as const satisfies Readonly<Record<string, AuthType>>

/** The name of an authentication type, `kind` in the API. */
export type AuthKind = keyof typeof AUTH_TYPES

/** The authentication types that need a token. */
export type TokenAuthKind = {
  [K in AuthKind]: (typeof AUTH_TYPES)[K]['needsToken'] extends true ? K : never
}[AuthKind]

/** The fields of an authentication type. */
export type AuthFields<K extends AuthKind> = (typeof AUTH_TYPES)[K]['fields']

/** The value of a field. */
export type AuthFieldValue<F> = F extends { readonly choices: readonly (infer C)[] }
  ? C
  : F extends { readonly type: infer T extends keyof FieldValues }
    ? FieldValues[T]
    : never

/** Fields that always have a value: required ones, fields with a default, and lists, which may be empty. */
type IsPresent<F> = F extends
  | { readonly default: string }
  | { readonly type: 'words' | 'parameters' }
  ? true
  : F extends { readonly onlyWith: AuthFieldCondition }
    ? false
    : F extends { readonly isRequired: true }
      ? true
      : false

/** An authentication type with its settings and secrets. */
export type AuthOf<K extends AuthKind> = K extends AuthKind
  ? { readonly kind: K } & {
      readonly [F in keyof AuthFields<K> as IsPresent<AuthFields<K>[F]> extends true
        ? F
        : never]: AuthFieldValue<AuthFields<K>[F]>
    } & {
      readonly [F in keyof AuthFields<K> as IsPresent<AuthFields<K>[F]> extends true ? never : F]?:
        | AuthFieldValue<AuthFields<K>[F]>
        | undefined
    }
  : never

/** An authentication type that needs a token, with its settings and secrets. */
export type TokenAuth = AuthOf<TokenAuthKind>

/** An authentication type that authenticates requests. Types that need a token use `bearer`. */
export type Auth = AuthOf<Exclude<AuthKind, TokenAuthKind>>

/** The settings and secrets of AWS Signature Version 4. */
export type AwsSigV4Auth = AuthOf<'aws_sigv4'>

/** The settings and secrets of an HMAC-SHA-256 signature. */
export type HmacAuth = AuthOf<'hmac_sha256'>

/** A scheme of `hmac_sha256`. It defines the signed text and its headers. */
export type HmacScheme = HmacAuth['scheme']

/** Every scheme of `hmac_sha256`. */
export const HMAC_SCHEMES: readonly HmacScheme[] = AUTH_TYPES.hmac_sha256.fields.scheme.choices

/** Every authentication type. */
export const AUTH_KINDS: readonly [AuthKind, ...AuthKind[]] = listKinds()

/** Whether calls with this authentication type require a token that is fetched first. */
export function needsToken(kind: AuthKind): kind is TokenAuthKind {
  return AUTH_TYPES[kind].needsToken
}

/** Whether a person must consent before calls with this authentication type. */
export function needsConsent(kind: AuthKind): boolean {
  const type: AuthType = AUTH_TYPES[kind]
  return type.needsConsent === true
}

/** Whether the signed request contains no reusable secret, so that a caller can receive and send it. */
export function isSignable(auth: Auth | TokenAuth): boolean {
  const { isSignable: canBeSignable, notSignableWith }: AuthType = AUTH_TYPES[auth.kind]
  return canBeSignable && (notSignableWith === undefined || !isConditionMet(notSignableWith, auth))
}

/** Returns the fields of an authentication type by name. */
export function authFieldsOf(kind: AuthKind): Readonly<Record<string, AuthField>> {
  return AUTH_TYPES[kind].fields
}

/** Whether a condition is true, or absent. */
export function isConditionMet(
  condition: AuthFieldCondition | true | undefined,
  values: Readonly<Record<string, unknown>>,
): boolean {
  if (condition === undefined || condition === true) return true
  return values[condition.field] === condition.value
}

function listKinds(): [AuthKind, ...AuthKind[]] {
  // Safe because the table has at least one key.
  return Object.keys(AUTH_TYPES) as [AuthKind, ...AuthKind[]]
}
