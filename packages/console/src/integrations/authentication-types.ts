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

/** A field of an authentication type, with its name in the management API. */
export type Field = {
  readonly name: string
  readonly control: Control
  /**
   * Where the field is stored: in the integration if it is equal for all organizations, in the connection if each
   * organization can have its own value.
   */
  readonly of: 'integration' | 'connection'
  readonly isOptional?: boolean
  /** Shown under the advanced settings. */
  readonly isAdvanced?: boolean
  /** Sent even if empty, because an empty value is valid. */
  readonly isSentEmpty?: boolean
  readonly initial?: string
  readonly max?: number
  readonly placeholder?: string
  readonly choices?: readonly string[]
  /** Shown and sent only if another field has this value. */
  readonly onlyWith?: { readonly field: string; readonly value: string }
}

const carrier: readonly Field[] = [
  {
    name: 'prefix',
    control: 'text',
    of: 'integration',
    initial: 'Bearer',
    max: 64,
    isSentEmpty: true,
    isOptional: true,
    isAdvanced: true,
  },
  {
    name: 'header',
    control: 'text',
    of: 'integration',
    initial: 'Authorization',
    max: 128,
    isAdvanced: true,
  },
]

const clientId: Field = { name: 'clientId', control: 'text', of: 'connection', max: 512 }
const clientSecret: Field = { name: 'clientSecret', control: 'secret', of: 'connection', max: 1024 }
const username: Field = { name: 'username', control: 'text', of: 'connection', max: 256 }
const password: Field = { name: 'password', control: 'secret', of: 'connection', max: 512 }
const tokenUrl: Field = {
  name: 'tokenUrl',
  control: 'url',
  of: 'integration',
  max: 2048,
  placeholder: 'https://login.example.com/oauth/token',
}
const scopes: Field = {
  name: 'scopes',
  control: 'words',
  of: 'integration',
  isOptional: true,
  placeholder: 'read write',
}
const clientAuth: Field = {
  name: 'clientAuth',
  control: 'choice',
  of: 'integration',
  choices: ['basic', 'body'],
  initial: 'basic',
  isAdvanced: true,
}
const extraParameters: Field = {
  name: 'extraParameters',
  control: 'pairs',
  of: 'integration',
  isOptional: true,
  isAdvanced: true,
}

/** The fields of every authentication type, in display order. */
export const fieldsOf: Readonly<Record<AuthKind, readonly Field[]>> = {
  none: [],
  api_key: [
    { name: 'name', control: 'text', of: 'integration', max: 128, placeholder: 'X-API-Key' },
    { name: 'value', control: 'secret', of: 'connection', max: 4096 },
    {
      name: 'in',
      control: 'choice',
      of: 'integration',
      choices: ['header', 'query', 'cookie'],
      initial: 'header',
    },
  ],
  headers: [{ name: 'entries', control: 'entries', of: 'connection' }],
  basic: [username, { ...password, isSentEmpty: true }],
  bearer: [{ name: 'token', control: 'secret', of: 'connection', max: 8192 }, ...carrier],
  aws_sigv4: [
    { name: 'accessKeyId', control: 'text', of: 'connection', max: 128 },
    { name: 'secretAccessKey', control: 'secret', of: 'connection', max: 512 },
    {
      name: 'region',
      control: 'text',
      of: 'integration',
      max: 64,
      placeholder: 'eu-central-1',
    },
    { name: 'service', control: 'text', of: 'integration', max: 64, placeholder: 's3' },
    {
      name: 'baseEndpoint',
      control: 'url',
      of: 'integration',
      max: 2048,
      isOptional: true,
      isAdvanced: true,
    },
    {
      name: 'sessionToken',
      control: 'secret',
      of: 'connection',
      max: 4096,
      isOptional: true,
      isAdvanced: true,
    },
  ],
  hmac_sha256: [
    { ...clientId, max: 256 },
    clientSecret,
    {
      name: 'scheme',
      control: 'choice',
      of: 'integration',
      choices: ['simple', 'rfc9421', 'acquia', 'azure', 'hawk', 'stripe', 'shopify', 'custom'],
      initial: 'simple',
    },
    {
      name: 'recipe',
      control: 'recipe',
      of: 'integration',
      onlyWith: { field: 'scheme', value: 'custom' },
    },
  ],
  oauth2_client_credentials: [
    tokenUrl,
    clientId,
    clientSecret,
    scopes,
    {
      name: 'audience',
      control: 'text',
      of: 'integration',
      max: 1024,
      isOptional: true,
      isAdvanced: true,
    },
    {
      name: 'resource',
      control: 'url',
      of: 'integration',
      max: 2048,
      isOptional: true,
      isAdvanced: true,
    },
    clientAuth,
    extraParameters,
  ],
  oauth2_authorization_code: [
    {
      name: 'authorizationUrl',
      control: 'url',
      of: 'integration',
      max: 2048,
      placeholder: 'https://login.example.com/oauth/authorize',
    },
    tokenUrl,
    clientId,
    clientSecret,
    scopes,
    clientAuth,
    extraParameters,
  ],
  login_call: [
    {
      name: 'loginUrl',
      control: 'url',
      of: 'integration',
      max: 2048,
      placeholder: 'https://api.example.com/login',
    },
    {
      name: 'method',
      control: 'choice',
      of: 'integration',
      choices: ['POST', 'PUT', 'GET'],
      initial: 'POST',
      isAdvanced: true,
    },
    username,
    password,
    {
      name: 'contentType',
      control: 'choice',
      of: 'integration',
      choices: ['json', 'form'],
      initial: 'json',
    },
    {
      name: 'bodyTemplate',
      control: 'lines',
      of: 'integration',
      max: 4096,
      initial: '{"username": "{{username}}", "password": "{{password}}"}',
    },
    {
      name: 'tokenPointer',
      control: 'text',
      of: 'integration',
      max: 256,
      initial: '/access_token',
      placeholder: '/access_token',
      isSentEmpty: true,
    },
    {
      name: 'lifetimeSeconds',
      control: 'number',
      of: 'integration',
      isOptional: true,
      placeholder: '3600',
    },
    ...carrier,
  ],
}

/** The authentication types in display order: common ones first. */
export const authTypes: readonly AuthKind[] = [
  'bearer',
  'api_key',
  'basic',
  'oauth2_client_credentials',
  'oauth2_authorization_code',
  'headers',
  'hmac_sha256',
  'aws_sigv4',
  'login_call',
  'none',
]

export function isAuthType(text: string): text is AuthKind {
  return Object.hasOwn(fieldsOf, text)
}
