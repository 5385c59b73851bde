import { requiredAuthFields } from '@keyporter/contract'
import {
  type Auth,
  type AuthKind,
  HMAC_SCHEMES,
  type HmacRecipe,
  isJsonObject,
} from '@keyporter/protocol'
import type { AuthSettings } from '../integrations/index.ts'
import { readEntries } from '../integrations/index.ts'
import type { TokenAuth } from './resolved.ts'

/**
 * Returns an authentication type with its settings and secrets, merged from the integration and the
 * connection; undefined if a required field is missing.
 */
export function toAuth(
  settings: AuthSettings,
  fields: ReadonlyMap<string, unknown>,
): Auth | TokenAuth | undefined {
  const { kind } = settings
  const all: Fields = { ...settings, ...Object.fromEntries(fields) }
  const isComplete = requiredAuthFields[kind].every((name) => all[name] !== undefined)
  return isComplete ? builders[kind](all) : undefined
}

type Fields = Readonly<Record<string, unknown>>

const builders: Readonly<Record<AuthKind, (all: Fields) => Auth | TokenAuth>> = {
  none: () => ({ kind: 'none' }),
  api_key: (all) => ({
    kind: 'api_key',
    name: text(all, 'name'),
    value: text(all, 'value'),
    in: oneOf(all, 'in', ['header', 'query', 'cookie']),
  }),
  headers: ({ entries }) => ({
    kind: 'headers',
    entries: readEntries(entries).map(({ name, value }) => ({ name, value: value ?? '' })),
  }),
  basic: (all) => ({
    kind: 'basic',
    username: text(all, 'username'),
    password: text(all, 'password'),
  }),
  bearer: (all) => ({ kind: 'bearer', token: text(all, 'token'), ...headerFields(all) }),
  aws_sigv4: (all) => ({
    kind: 'aws_sigv4',
    accessKeyId: text(all, 'accessKeyId'),
    secretAccessKey: text(all, 'secretAccessKey'),
    sessionToken: optional(all, 'sessionToken'),
    region: text(all, 'region'),
    service: text(all, 'service'),
  }),
  hmac_sha256: (all) => {
    const scheme = oneOf(all, 'scheme', HMAC_SCHEMES)
    return {
      kind: 'hmac_sha256',
      clientId: text(all, 'clientId'),
      clientSecret: text(all, 'clientSecret'),
      scheme,
      // safe because the contract's schema validated it before it was stored
      recipe: scheme === 'custom' ? (all['recipe'] as HmacRecipe | undefined) : undefined,
    }
  },
  oauth2_client_credentials: (all) => ({
    kind: 'oauth2_client_credentials',
    ...oauth2Fields(all),
    audience: optional(all, 'audience'),
    resource: optional(all, 'resource'),
  }),
  oauth2_authorization_code: (all) => ({
    kind: 'oauth2_authorization_code',
    ...oauth2Fields(all),
    authorizationUrl: text(all, 'authorizationUrl'),
  }),
  login_call: (all) => ({
    kind: 'login_call',
    loginUrl: text(all, 'loginUrl'),
    method: oneOf(all, 'method', ['POST', 'PUT', 'GET']),
    bodyTemplate: text(all, 'bodyTemplate'),
    contentType: oneOf(all, 'contentType', ['json', 'form']),
    username: text(all, 'username'),
    password: text(all, 'password'),
    tokenPointer: text(all, 'tokenPointer'),
    lifetimeSeconds:
      typeof all['lifetimeSeconds'] === 'number' ? all['lifetimeSeconds'] : undefined,
    ...headerFields(all),
  }),
}

function headerFields(all: Fields): { readonly prefix: string; readonly header: string } {
  return {
    prefix: optional(all, 'prefix') ?? 'Bearer',
    header: optional(all, 'header') ?? 'Authorization',
  }
}

function oauth2Fields(all: Fields) {
  const { scopes, extraParameters } = all
  return {
    tokenUrl: text(all, 'tokenUrl'),
    clientId: text(all, 'clientId'),
    clientSecret: text(all, 'clientSecret'),
    scopes: Array.isArray(scopes) ? scopes.filter((one) => typeof one === 'string') : [],
    clientAuth: oneOf(all, 'clientAuth', ['basic', 'body']),
    extraParameters: Object.fromEntries(
      Object.entries(isJsonObject(extraParameters) ? extraParameters : {}).flatMap(
        ([name, value]) => (typeof value === 'string' ? [[name, value]] : []),
      ),
    ),
  }
}

function optional(all: Fields, name: string): string | undefined {
  const value = all[name]
  return typeof value === 'string' ? value : undefined
}

function text(all: Fields, name: string): string {
  const value = optional(all, name)
  if (value === undefined) throw new TypeError(`A connection has no ${name}`)
  return value
}

/** Returns the setting if it is one of the allowed values, otherwise the first allowed value. */
function oneOf<const T extends string>(all: Fields, name: string, known: readonly [T, ...T[]]): T {
  return known.find((one) => one === all[name]) ?? known[0]
}
