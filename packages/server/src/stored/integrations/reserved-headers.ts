import { comparableFieldName, isJsonObject, isReservedField } from '@keyporter/protocol'
import { type AuthSettings, namedHeaders } from './auth-settings.ts'

/** Headers that are derived from other settings. */
const always: ReadonlyMap<string, string> = new Map([
  ['host', 'Set by the base URL'],
  ['content-length', 'Set by the request body'],
  ['content-type', 'Set by the field contentType'],
])

/** Returns the reason why this header can never be set; undefined if it can. */
export function reservedForAll(name: string): string | undefined {
  const reason = always.get(comparableFieldName(name))
  if (reason !== undefined || !isReservedField(name)) return reason
  return 'Reserved: Keyporter sets this header itself'
}

/**
 * Returns the reason why this header cannot be set with these authentication settings; undefined if
 * it can.
 */
export function reservedFor(settings: AuthSettings, name: string): string | undefined {
  const key = comparableFieldName(name)
  const isOwn = headersOf(settings).some((own) => comparableFieldName(own) === key)
  return reservedForAll(name) ?? (isOwn ? 'Set by the authentication type' : undefined)
}

const AUTHORIZATION = ['Authorization']

const hmacHeaders: Readonly<Record<string, readonly string[]>> = {
  rfc9421: ['Signature', 'Signature-Input', 'Content-Digest'],
  simple: ['X-Client-Id', 'X-Timestamp', 'X-Signature'],
  acquia: [...AUTHORIZATION, 'X-Authorization-Timestamp', 'X-Authorization-Content-SHA256'],
  azure: [...AUTHORIZATION, 'X-Ms-Date', 'X-Ms-Content-Sha256'],
  hawk: AUTHORIZATION,
  stripe: ['Stripe-Signature', 'X-Client-Id'],
  shopify: ['X-Shopify-Hmac-Sha256', 'X-Client-Id'],
}

/** The headers that an authentication type sets. */
function headersOf(settings: AuthSettings): readonly string[] {
  const named = namedHeaders(settings).map(({ name }) => name)
  switch (settings.kind) {
    case 'none':
      return []
    case 'api_key':
      return settings['in'] === 'cookie' ? ['Cookie'] : named
    case 'headers':
      return entryNames(settings['entries'])
    case 'bearer':
    case 'login_call':
      return named.length > 0 ? named : AUTHORIZATION
    case 'aws_sigv4':
      return [...AUTHORIZATION, 'X-Amz-Date', 'X-Amz-Security-Token', 'X-Amz-Content-Sha256']
    case 'hmac_sha256': {
      const { scheme } = settings
      return (typeof scheme === 'string' ? hmacHeaders[scheme] : undefined) ?? named
    }
    case 'basic':
    case 'oauth2_client_credentials':
    case 'oauth2_authorization_code':
      return AUTHORIZATION
  }
}

function entryNames(entries: unknown): readonly string[] {
  if (!Array.isArray(entries)) return []
  return entries.flatMap((entry: unknown) =>
    isJsonObject(entry) && typeof entry['name'] === 'string' ? [entry['name']] : [],
  )
}
