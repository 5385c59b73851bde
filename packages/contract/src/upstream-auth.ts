import { AUTH_KINDS, type AuthKind } from '@keyporter/protocol'
import * as z from 'zod'
import { lookupText } from './fields.ts'
import { credentialHeader, headerName, headerValue } from './header-fields.ts'
import { hmacRecipe } from './hmac-recipe.ts'
import { secret } from './secret.ts'

/** A text outside of header fields, such as a form or query parameter. */
const value = (max: number) => lookupText(max)
const url = lookupText(2048).refine((text) => URL.canParse(text), {
  error: 'Must be an absolute URL.',
})
const scopes = z.array(z.string().regex(/^[\x21\x23-\x5B\x5D-\x7E]{1,256}$/)).max(100)
const parameters = z.record(lookupText(128).min(1), lookupText(2048))

const secretText = (max: number) => secret(value(max).nullable())
const secretHeader = (max: number) => secret(headerValue.max(max).nullable())

/**
 * The fields of every authentication type. Settings belong to the integration or the connection,
 * secrets only to the connection. `null` keeps the stored secret.
 */
export const authFields = {
  none: { settings: {}, secrets: {} },
  api_key: {
    settings: { name: headerName, in: z.enum(['header', 'query', 'cookie']) },
    secrets: { value: secretHeader(4096) },
  },
  headers: {
    settings: {},
    secrets: {
      entries: z
        .array(z.strictObject({ name: credentialHeader, value: secretHeader(4096) }))
        .min(1)
        .max(20),
    },
  },
  basic: {
    settings: {
      username: value(256).refine((text) => !text.includes(':'), {
        error: 'Must not contain a colon (RFC 7617 §2).',
      }),
    },
    secrets: { password: secretText(512) },
  },
  bearer: {
    settings: { prefix: headerValue.max(64), header: credentialHeader },
    secrets: { token: secretHeader(8192) },
  },
  aws_sigv4: {
    settings: {
      // AWS uses letters and digits. OpenStack and others allow most characters (`account:user`).
      accessKeyId: z.string().regex(/^[!-+\-.0-~]{1,128}$/, {
        error: 'Must be visible ASCII characters without comma and slash.',
      }),
      region: z
        .string()
        .regex(/^[a-z0-9-]{1,64}$/, { error: 'Must be a region, such as eu-central-1.' }),
      service: z.string().regex(/^[a-z0-9-]{1,64}$/, { error: 'Must be a service, such as s3.' }),
      baseEndpoint: url,
    },
    secrets: { secretAccessKey: secretText(512), sessionToken: secretHeader(4096) },
  },
  hmac_sha256: {
    settings: {
      clientId: headerValue.max(256),
      scheme: z.enum([
        'rfc9421',
        'simple',
        'acquia',
        'azure',
        'hawk',
        'stripe',
        'shopify',
        'custom',
      ]),
      recipe: hmacRecipe,
    },
    secrets: { clientSecret: secretText(1024) },
  },
  oauth2_client_credentials: {
    settings: {
      tokenUrl: url,
      clientId: value(512),
      scopes,
      audience: value(1024),
      resource: url,
      clientAuth: z.enum(['basic', 'body']),
      extraParameters: parameters,
    },
    secrets: { clientSecret: secretText(1024) },
  },
  oauth2_authorization_code: {
    settings: {
      authorizationUrl: url,
      tokenUrl: url,
      clientId: value(512),
      scopes,
      clientAuth: z.enum(['basic', 'body']),
      extraParameters: parameters,
    },
    secrets: { clientSecret: secretText(1024) },
  },
  login_call: {
    settings: {
      loginUrl: url,
      method: z.enum(['POST', 'PUT', 'GET']),
      /** `{{username}}` and `{{password}}` are replaced, encoded for the content type. */
      bodyTemplate: lookupText(4096),
      contentType: z.enum(['json', 'form']),
      username: value(256),
      /** A JSON pointer (RFC 6901) to the token in the response. */
      tokenPointer: z
        .string()
        .max(256)
        .regex(/^(\/([^~/]|~[01])*)*$/, { error: 'Must be a JSON pointer (RFC 6901).' }),
      lifetimeSeconds: z
        .int()
        .min(30)
        .max(86_400 * 366),
      prefix: headerValue.max(64),
      header: credentialHeader,
    },
    secrets: { password: secretText(512) },
  },
} as const satisfies Record<AuthKind, { settings: z.ZodRawShape; secrets: z.ZodRawShape }>

/** The fields that integration and connection together must set, by authentication type. */
export const requiredAuthFields = {
  none: [],
  api_key: ['name', 'in', 'value'],
  headers: ['entries'],
  basic: ['username', 'password'],
  bearer: ['token'],
  aws_sigv4: ['accessKeyId', 'secretAccessKey', 'region', 'service'],
  hmac_sha256: ['clientId', 'clientSecret', 'scheme'],
  oauth2_client_credentials: ['tokenUrl', 'clientId', 'clientSecret'],
  oauth2_authorization_code: ['authorizationUrl', 'tokenUrl', 'clientId', 'clientSecret'],
  login_call: ['loginUrl', 'bodyTemplate', 'username', 'password', 'tokenPointer'],
} as const satisfies Record<AuthKind, readonly string[]>

const anyField: ReadonlySet<string> = new Set(
  Object.values(authFields).flatMap(({ settings, secrets }) => [
    ...Object.keys(settings),
    ...Object.keys(secrets),
  ]),
)

const secretField = new Set(
  Object.values(authFields).flatMap(({ secrets }) => Object.keys(secrets)),
)

type Shape = z.ZodRawShape
type Optional<S extends Shape> = { [K in keyof S]: z.ZodOptional<S[K]> }

function optional<S extends Shape>(shape: S): Optional<S> {
  return z.object(shape).partial().shape
}

/** Accepts settings. Ignores fields of other authentication types; rejects unknown fields and secrets. */
function settingsOf<K extends AuthKind>(kind: K) {
  const { settings, secrets } = authFields[kind]
  const own = new Set(Object.keys(secrets))
  return z
    .looseObject({
      kind: z.literal(kind),
      ...optional(settings as (typeof authFields)[K]['settings']),
    })
    .superRefine((body, issues) => {
      rejectUnknown(body, issues)
      for (const name of Object.keys(body).filter((field) => own.has(field))) {
        issues.addIssue({
          code: 'custom',
          path: [name],
          message: 'Put secrets in a connection, where they are encrypted.',
          input: body,
        })
      }
    })
}

/** Accepts settings and secrets. Ignores fields of other authentication types; rejects unknown fields. */
function valuesOf<K extends AuthKind>(kind: K) {
  type Fields = (typeof authFields)[K]
  const { settings, secrets } = authFields[kind]
  return z
    .looseObject({
      kind: z.literal(kind),
      ...optional(settings as Fields['settings']),
      ...optional(secrets as Fields['secrets']),
    })
    .superRefine(rejectUnknown)
}

function rejectUnknown(body: Record<string, unknown>, issues: z.core.$RefinementCtx): void {
  const unknown = Object.keys(body).filter((name) => name !== 'kind' && !anyField.has(name))
  if (unknown.length > 0) issues.addIssue({ code: 'unrecognized_keys', keys: unknown, input: body })
}

/** The `auth` of an integration: the authentication type and its settings. */
export const authSettings = z.discriminatedUnion('kind', [
  settingsOf('none'),
  settingsOf('api_key'),
  settingsOf('headers'),
  settingsOf('basic'),
  settingsOf('bearer'),
  settingsOf('aws_sigv4'),
  settingsOf('hmac_sha256'),
  settingsOf('oauth2_client_credentials'),
  settingsOf('oauth2_authorization_code'),
  settingsOf('login_call'),
])

/** The `auth` of a connection in a request: the authentication type, its settings and its secrets. */
export const authValues = z.discriminatedUnion('kind', [
  valuesOf('none'),
  valuesOf('api_key'),
  valuesOf('headers'),
  valuesOf('basic'),
  valuesOf('bearer'),
  valuesOf('aws_sigv4'),
  valuesOf('hmac_sha256'),
  valuesOf('oauth2_client_credentials'),
  valuesOf('oauth2_authorization_code'),
  valuesOf('login_call'),
])

/** Whether any authentication type has a secret field with this name. */
export function isSecretAuthField(name: string): boolean {
  return secretField.has(name)
}

/**
 * The `auth` in a response: the authentication type and its settings, and for `headers` the names.
 * Never contains a secret. `secrets` of the connection lists the stored ones.
 */
export const authOut = z
  .looseObject({
    kind: z.enum(AUTH_KINDS),
    entries: z.array(z.object({ name: z.string(), value: z.null() })).optional(),
  })
  .meta({ id: 'UpstreamAuth' })

/** A header in a request. Secret values are encrypted and never returned. `null` keeps the stored value. */
export const headerIn = z.strictObject({
  name: headerName,
  value: headerValue.nullable(),
  secret: z.boolean().optional(),
})

/** A header in a response. The value is null for a secret header. */
export const headerOut = z.object({
  name: z.string(),
  value: z.string().nullable(),
  secret: z.boolean(),
})
