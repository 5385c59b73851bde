import { comparableFieldName, isJsonObject, isReservedField } from '@keyporter/protocol'
import { type AuthSettings, namedHeaders } from './auth-settings.ts'

/** Headers that follow from other settings. */
const always: ReadonlyMap<string, string> = new Map([
  ['host', 'It follows from the base URL'],
  ['content-length', 'It follows from the body'],
  ['content-type', 'It has a field of its own: contentType'],
])

/** Why nobody sets this header; undefined: one may. */
export function reservedForAll(name: string): string | undefined {
  const reason = always.get(comparableFieldName(name))
  if (reason !== undefined || !isReservedField(name)) return reason
  return 'Keyporter sets this header for each connection'
}

/** Why this header is not to be set beside a way of signing in; undefined: one may. */
export function reservedFor(settings: AuthSettings, name: string): string | undefined {
  const key = comparableFieldName(name)
  const isOwn = headersOf(settings).some((own) => comparableFieldName(own) === key)
  return reservedForAll(name) ?? (isOwn ? 'The way of signing in sets it' : undefined)
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

/** The headers that a way of signing in sets. */
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
