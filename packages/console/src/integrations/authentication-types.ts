import { AUTH_TYPES, type AuthField, type AuthFields, authFieldsOf } from '@keyporter/protocol'
import type { AuthKind } from './integration.ts'

/** The input control of a field. */
type Control =
  | 'text'
  | 'url'
  | 'secret'
  | 'choice'
  | 'lines'
  /** Space-separated words, sent as an array. */
  | 'words'
  | 'number'
  /** Name and value rows, sent as an object. */
  | 'pairs'
  /** Rows of names and secret values. */
  | 'entries'
  | 'recipe'

/** The presentation of a field, in addition to the table of the authentication types. */
type Presentation = {
  /** For settings that each organization can have on its own. Secrets always belong to the connection. */
  readonly of?: 'connection'
  /** Shown under the advanced settings. */
  readonly isAdvanced?: boolean
  readonly isMultiline?: boolean
  /** Whether an empty input is sent; default: if an empty value is valid. */
  readonly isSentEmpty?: boolean
  /** The initial input; default: the default of the field. */
  readonly initial?: string
  readonly placeholder?: string
}

/** A field of an authentication type, with its name in the management API. */
export type Field = Pick<AuthField, 'max' | 'choices' | 'onlyWith'> &
  Omit<Presentation, 'of' | 'isMultiline'> & {
    readonly name: string
    readonly control: Control
    /**
     * Where the field is stored: in the integration if it is equal for all organizations, in the connection if each
     * organization can have its own value.
     */
    readonly of: 'integration' | 'connection'
    readonly isOptional: boolean
  }

const carrier = { prefix: { isAdvanced: true }, header: { isAdvanced: true } } as const
const own = { of: 'connection' } as const
const tokenUrl = { placeholder: 'https://login.example.com/oauth/token' } as const
const scopes = { placeholder: 'read write' } as const
const advanced = { isAdvanced: true } as const

/**
 * The authentication types in display order, common ones first, each with its fields in display order. A missing type
 * or field does not compile.
 */
const presentations = {
  bearer: { token: {}, ...carrier },
  api_key: { name: { placeholder: 'X-API-Key' }, value: {}, in: { initial: 'header' } },
  basic: { username: own, password: {} },
  oauth2_client_credentials: {
    tokenUrl,
    clientId: own,
    clientSecret: {},
    scopes,
    audience: advanced,
    resource: advanced,
    clientAuth: advanced,
    extraParameters: advanced,
  },
  oauth2_authorization_code: {
    authorizationUrl: { placeholder: 'https://login.example.com/oauth/authorize' },
    tokenUrl,
    clientId: own,
    clientSecret: {},
    scopes,
    clientAuth: advanced,
    extraParameters: advanced,
  },
  headers: { entries: {} },
  hmac_sha256: {
    clientId: own,
    clientSecret: {},
    scheme: { initial: 'simple' },
    recipe: {},
  },
  http_signature_ed25519: {
    keyId: own,
    privateKey: {},
    signatureAgent: { isAdvanced: true, placeholder: 'https://bot.example.com' },
  },
  oauth1: {
    consumerKey: own,
    consumerSecret: {},
    accessToken: own,
    accessTokenSecret: {},
    signatureMethod: advanced,
    realm: advanced,
  },
  aws_sigv4: {
    accessKeyId: own,
    secretAccessKey: {},
    region: { placeholder: 'eu-central-1' },
    service: { placeholder: 's3' },
    baseEndpoint: advanced,
    sessionToken: advanced,
  },
  login_call: {
    loginUrl: { placeholder: 'https://api.example.com/login' },
    method: advanced,
    username: own,
    // An empty password is rarely intended here.
    password: { isSentEmpty: false },
    contentType: {},
    bodyTemplate: {
      isMultiline: true,
      initial: '{"username": "{{username}}", "password": "{{password}}"}',
    },
    tokenPointer: { initial: '/access_token', placeholder: '/access_token' },
    lifetimeSeconds: { placeholder: '3600' },
    ...carrier,
  },
  none: {},
} as const satisfies {
  readonly [K in AuthKind]: Readonly<Record<keyof AuthFields<K>, Presentation>>
}

const controls: Readonly<Record<AuthField['type'], Control>> = {
  text: 'text',
  url: 'url',
  choice: 'choice',
  words: 'words',
  number: 'number',
  parameters: 'pairs',
  entries: 'entries',
  recipe: 'recipe',
}

/** The authentication types in display order. */
// Safe because the table has a row for each type and no other rows.
export const authTypes = Object.keys(presentations) as readonly AuthKind[]

/** The fields of every authentication type, in display order. */
export const fieldsOf: Readonly<Record<AuthKind, readonly Field[]>> = mapTypes((kind) =>
  Object.entries<Presentation>(presentations[kind]).flatMap(([name, presentation]) => {
    const field = authFieldsOf(kind)[name]
    return field === undefined ? [] : [toField(name, field, presentation)]
  }),
)

export function isAuthType(text: string): text is AuthKind {
  return Object.hasOwn(AUTH_TYPES, text)
}

function mapTypes<T>(make: (kind: AuthKind) => T): Readonly<Record<AuthKind, T>> {
  // Safe because every type has an entry.
  return Object.fromEntries(authTypes.map((kind) => [kind, make(kind)])) as Record<AuthKind, T>
}

function toField(name: string, field: AuthField, presentation: Presentation): Field {
  const { of, isMultiline = false, ...rest } = presentation
  const { type, isSecret = false, isRequired = false, mayBeEmpty = false } = field
  const { max, choices, onlyWith } = field
  return {
    name,
    of: isSecret ? 'connection' : (of ?? 'integration'),
    control: isSecret && type === 'text' ? 'secret' : isMultiline ? 'lines' : controls[type],
    // An empty input means the default, unless an empty value is valid.
    isOptional: !isRequired && (field.default === undefined || mayBeEmpty),
    isSentEmpty: mayBeEmpty,
    ...(field.default === undefined ? {} : { initial: field.default }),
    ...(max === undefined ? {} : { max }),
    ...(choices === undefined ? {} : { choices }),
    ...(onlyWith === undefined ? {} : { onlyWith }),
    ...rest,
  }
}
