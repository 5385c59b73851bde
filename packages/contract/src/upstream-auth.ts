import {
  AUTH_KINDS,
  AUTH_TYPES,
  type AuthFields,
  type AuthFieldValue,
  type AuthKind,
  authFieldsOf,
  parseEd25519PrivateKey,
} from '@keyporter/protocol'
import * as z from 'zod'
import { boundedText } from './fields.ts'
import { credentialHeader, headerName, headerValue } from './header-fields.ts'
import { hmacRecipe } from './hmac-recipe.ts'
import { secret } from './secret.ts'

type Limited = { readonly max: number }
type Choice<C extends string> = { readonly choices: readonly [C, ...C[]] }

/** A text outside of header fields, such as a form or query parameter. */
const text = ({ max }: Limited) => boundedText(max)
const headerText = ({ max }: Limited) => headerValue.max(max)
/** A string of a structured field (RFC 8941 §3.3.3). */
const printable = ({ max }: Limited) =>
  z
    .string()
    .max(max)
    .regex(/^[ -~]+$/, { error: 'Must be printable ASCII characters.' })
const url = ({ max }: Limited) =>
  boundedText(max).refine((value) => URL.canParse(value), { error: 'Must be an absolute URL.' })
const choice = <const C extends string>({ choices }: Choice<C>) => z.enum(choices)
const scopes = z.array(z.string().regex(/^[\x21\x23-\x5B\x5D-\x7E]{1,256}$/)).max(100)
const parameters = z.record(boundedText(128).min(1), boundedText(2048))
const entries = z
  .array(
    z.strictObject({ name: credentialHeader, value: secret(headerValue.max(4096).nullable()) }),
  )
  .min(1)
  .max(20)

const {
  api_key: { fields: apiKey },
  basic: { fields: basic },
  bearer: { fields: bearer },
  aws_sigv4: { fields: aws },
  hmac_sha256: { fields: hmac },
  http_signature_ed25519: { fields: ed25519 },
  oauth1: { fields: oauth1 },
  oauth2_client_credentials: { fields: clientCredentials },
  oauth2_authorization_code: { fields: authorizationCode },
  login_call: { fields: loginCall },
} = AUTH_TYPES

/** The schema of every field. A missing or extra field does not compile. */
const schemas = {
  none: {},
  api_key: { name: headerName, in: choice(apiKey.in), value: headerText(apiKey.value) },
  headers: { entries },
  basic: {
    username: text(basic.username).refine((value) => !value.includes(':'), {
      error: 'Must not contain a colon (RFC 7617 §2).',
    }),
    password: text(basic.password),
  },
  bearer: {
    prefix: headerText(bearer.prefix),
    header: credentialHeader,
    token: headerText(bearer.token),
  },
  aws_sigv4: {
    // AWS uses letters and digits. OpenStack and others allow most characters (`account:user`).
    accessKeyId: z.string().regex(/^[!-+\-.0-~]{1,128}$/, {
      error: 'Must be visible ASCII characters without comma and slash.',
    }),
    region: z
      .string()
      .regex(/^[a-z0-9-]{1,64}$/, { error: 'Must be a region, such as eu-central-1.' }),
    service: z.string().regex(/^[a-z0-9-]{1,64}$/, { error: 'Must be a service, such as s3.' }),
    baseEndpoint: url(aws.baseEndpoint),
    secretAccessKey: text(aws.secretAccessKey),
    sessionToken: headerText(aws.sessionToken),
  },
  hmac_sha256: {
    clientId: headerText(hmac.clientId),
    scheme: choice(hmac.scheme),
    recipe: hmacRecipe,
    clientSecret: text(hmac.clientSecret),
  },
  http_signature_ed25519: {
    keyId: printable(ed25519.keyId),
    signatureAgent: url(ed25519.signatureAgent).refine(
      (value) => /^https:\/\/[!-~]+$/.test(value),
      {
        error: 'Must be an https URL in ASCII.',
      },
    ),
    privateKey: text(ed25519.privateKey).refine(
      (value) => parseEd25519PrivateKey(value) !== undefined,
      { error: 'Must be an Ed25519 private key: PKCS #8 in PEM, or a JWK with d.' },
    ),
  },
  oauth1: {
    consumerKey: text(oauth1.consumerKey),
    accessToken: text(oauth1.accessToken),
    signatureMethod: choice(oauth1.signatureMethod),
    realm: printable(oauth1.realm),
    consumerSecret: text(oauth1.consumerSecret),
    accessTokenSecret: text(oauth1.accessTokenSecret),
  },
  oauth2_client_credentials: {
    tokenUrl: url(clientCredentials.tokenUrl),
    clientId: text(clientCredentials.clientId),
    scopes,
    audience: text(clientCredentials.audience),
    resource: url(clientCredentials.resource),
    clientAuth: choice(clientCredentials.clientAuth),
    extraParameters: parameters,
    clientSecret: text(clientCredentials.clientSecret),
  },
  oauth2_authorization_code: {
    authorizationUrl: url(authorizationCode.authorizationUrl),
    tokenUrl: url(authorizationCode.tokenUrl),
    clientId: text(authorizationCode.clientId),
    scopes,
    clientAuth: choice(authorizationCode.clientAuth),
    extraParameters: parameters,
    clientSecret: text(authorizationCode.clientSecret),
  },
  login_call: {
    loginUrl: url(loginCall.loginUrl),
    method: choice(loginCall.method),
    /** `{{username}}` and `{{password}}` are replaced, encoded for the content type. */
    bodyTemplate: text(loginCall.bodyTemplate),
    contentType: choice(loginCall.contentType),
    username: text(loginCall.username),
    /** A JSON pointer (RFC 6901) to the token in the response. */
    tokenPointer: z
      .string()
      .max(loginCall.tokenPointer.max)
      .regex(/^(\/([^~/]|~[01])*)*$/, { error: 'Must be a JSON pointer (RFC 6901).' }),
    lifetimeSeconds: z
      .int()
      .min(30)
      .max(86_400 * 366),
    prefix: headerText(loginCall.prefix),
    header: credentialHeader,
    password: text(loginCall.password),
  },
} satisfies { [K in AuthKind]: { [F in keyof AuthFields<K>]: FieldSchema<AuthFields<K>[F]> } }

type Schemas = typeof schemas

/** Accepts the values of the field. In `entries`, a null value keeps a stored secret. */
type FieldSchema<F> = F extends { readonly type: 'entries' }
  ? typeof entries
  : F extends { readonly type: 'recipe' }
    ? typeof hmacRecipe
    : z.ZodType<AuthFieldValue<F>>

type IsSecret<K extends AuthKind, F> = F extends keyof AuthFields<K>
  ? AuthFields<K>[F] extends { readonly isSecret: true }
    ? true
    : false
  : false

/** The settings of an authentication type, which belong to the integration or the connection. */
type SettingsShape<K extends AuthKind> = {
  [F in keyof Schemas[K] as IsSecret<K, F> extends true ? never : F]: Optional<Schemas[K][F]>
}

/** The secrets of an authentication type, which belong to the connection. `null` keeps the stored secret. */
type SecretsShape<K extends AuthKind> = {
  [F in keyof Schemas[K] as IsSecret<K, F> extends true ? F : never]: Optional<
    Schemas[K][F] extends typeof entries ? typeof entries : Nullable<Schemas[K][F]>
  >
}

type Optional<S> = S extends z.ZodType ? z.ZodOptional<S> : never
type Nullable<S> = S extends z.ZodType ? z.ZodNullable<S> : never

const anyField: ReadonlySet<string> = new Set(
  AUTH_KINDS.flatMap((kind) => Object.keys(authFieldsOf(kind))),
)

function settingsShape<K extends AuthKind>(kind: K): SettingsShape<K> {
  const shown = schemasOf(kind, false).map(([name, schema]) => [name, schema.optional()])
  // safe because the type describes the same selection
  return Object.fromEntries(shown) as SettingsShape<K>
}

function secretsShape<K extends AuthKind>(kind: K): SecretsShape<K> {
  const hidden = schemasOf(kind, true).map(([name, schema]) => [
    name,
    (schema === entries ? schema : secret(schema.nullable())).optional(),
  ])
  // safe because the type describes the same selection
  return Object.fromEntries(hidden) as SecretsShape<K>
}

function schemasOf(kind: AuthKind, isSecret: boolean): readonly [string, z.ZodType][] {
  const fields = authFieldsOf(kind)
  const all: Readonly<Record<string, z.ZodType>> = schemas[kind]
  return Object.entries(all).filter(([name]) => (fields[name]?.isSecret === true) === isSecret)
}

/** Accepts settings. Ignores fields of other authentication types; rejects unknown fields and secrets. */
function settingsOf<K extends AuthKind>(kind: K) {
  const fields = authFieldsOf(kind)
  return z
    .looseObject({ kind: z.literal(kind), ...settingsShape(kind) })
    .superRefine((body, issues) => {
      rejectUnknown(body, issues)
      for (const name of Object.keys(body)) {
        if (fields[name]?.isSecret !== true) continue
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
  return z
    .looseObject({ kind: z.literal(kind), ...settingsShape(kind), ...secretsShape(kind) })
    .superRefine(rejectUnknown)
}

function rejectUnknown(body: Record<string, unknown>, issues: z.core.$RefinementCtx): void {
  const unknown = Object.keys(body).filter((name) => name !== 'kind' && !anyField.has(name))
  if (unknown.length > 0) issues.addIssue({ code: 'unrecognized_keys', keys: unknown, input: body })
}

type SettingsOf = { [K in AuthKind]: ReturnType<typeof settingsOf<K>> }[AuthKind]
type ValuesOf = { [K in AuthKind]: ReturnType<typeof valuesOf<K>> }[AuthKind]

/** The `auth` of an integration: the authentication type and its settings. */
export const authSettings = z.discriminatedUnion(
  'kind',
  // safe because each kind has the schema of its own fields
  AUTH_KINDS.map((kind) => settingsOf(kind)) as [SettingsOf, ...SettingsOf[]],
)

/** The `auth` of a connection in a request: the authentication type, its settings and its secrets. */
export const authValues = z.discriminatedUnion(
  'kind',
  // safe because each kind has the schema of its own fields
  AUTH_KINDS.map((kind) => valuesOf(kind)) as [ValuesOf, ...ValuesOf[]],
)

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
