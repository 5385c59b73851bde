import { trimTrailingSlashes } from '@keyporter/protocol'
import type { AuthKind } from '../integration.ts'
import type { CredentialInput, Draft } from './draft.ts'
import { isFilled } from './rows.ts'

/** The mask for secrets of any length. */
export const MASK = '••••'

type PreviewTerms = {
  readonly draft: Draft
  readonly credentials: CredentialInput
  readonly method: 'GET' | 'POST'
  readonly path: string
}

/** A request as it would be sent. */
export type Preview = {
  readonly method: string
  readonly url: string
  readonly headers: readonly (readonly [name: string, value: string])[]
}

type Parts = {
  readonly of: (name: string) => string
  readonly credentials: CredentialInput
  readonly signature: string
}
type AuthParts = { readonly headers?: Preview['headers']; readonly query?: string }

const mediaTypes: Readonly<Record<string, string>> = {
  json: 'application/json',
  xml: 'application/xml',
  form: 'application/x-www-form-urlencoded',
}

/** Returns the request that an integration would send, with masked secrets. */
export function previewOf({ draft, credentials, method, path }: PreviewTerms): Preview {
  const { kind, settings, baseUrl } = draft
  const of = (name: string): string => credentials.fields[name] || settings[name] || `<${name}>`
  const { headers = [], query } = partsByType[kind]({ of, credentials, signature: MASK })
  const base = trimTrailingSlashes(baseUrl.trim()) || 'https://…'
  const url = `${base}${path.startsWith('/') ? path : `/${path}`}`
  const mark = url.includes('?') ? '&' : '?'
  const contentType = mediaTypes[draft.contentChoice] ?? draft.otherContentType.trim()
  return {
    method,
    url: query === undefined ? url : `${url}${mark}${query}`,
    headers: [
      ...(method === 'POST' ? ([['Content-Type', contentType]] as const) : []),
      ...shownRows(draft.headers),
      ...shownRows(credentials.headers),
      ...headers,
    ],
  }
}

function shownRows(rows: CredentialInput['headers']): Preview['headers'] {
  return rows.filter(isFilled).map(({ name, value, isSecret }) => [name, isSecret ? MASK : value])
}

const bearer = ({ of, credentials }: Parts): AuthParts => ({
  headers: [[of('header'), prefixed(of, credentials)]],
})
const token = (): AuthParts => ({ headers: [['Authorization', `Bearer ${MASK}`]] })

const partsByType: Readonly<Record<AuthKind, (parts: Parts) => AuthParts>> = {
  none: () => ({}),
  api_key: ({ of }) => {
    const name = of('name')
    if (of('in') === 'query') return { query: `${encodeURIComponent(name)}=${MASK}` }
    return { headers: [of('in') === 'cookie' ? ['Cookie', `${name}=${MASK}`] : [name, MASK]] }
  },
  headers: ({ credentials }) => ({ headers: shownRows(credentials.entries) }),
  basic: () => ({ headers: [['Authorization', `Basic ${MASK}`]] }),
  bearer,
  login_call: bearer,
  oauth2_client_credentials: token,
  oauth2_authorization_code: token,
  aws_sigv4: ({ of }) => ({
    headers: [
      ['X-Amz-Date', '…'],
      [
        'Authorization',
        `AWS4-HMAC-SHA256 Credential=${of('accessKeyId')}/…/${of('region')}/${of('service')}/aws4_request, SignedHeaders=host;x-amz-date, Signature=${MASK}`,
      ],
    ],
  }),
  hmac_sha256: ({ of }) => ({ headers: signed[of('scheme')]?.(of('clientId')) ?? recipe(of) }),
}

function prefixed(of: Parts['of'], { fields }: CredentialInput): string {
  const prefix = fields['prefix'] ?? of('prefix')
  return prefix === '<prefix>' ? MASK : `${prefix} ${MASK}`
}

const signed: Readonly<Record<string, (clientId: string) => Preview['headers']>> = {
  simple: (id) => [
    ['X-Client-Id', id],
    ['X-Timestamp', '…'],
    ['X-Signature', MASK],
  ],
  rfc9421: (id) => [
    [
      'Signature-Input',
      `sig=("@method" "@authority" "@path" "@query");created=…;keyid="${id}";alg="hmac-sha256"`,
    ],
    ['Signature', `sig=:${MASK}:`],
  ],
  acquia: (id) => [
    ['X-Authorization-Timestamp', '…'],
    ['Authorization', `acquia-http-hmac id="${id}",nonce="…",version="2.0",signature="${MASK}"`],
  ],
  azure: (id) => [
    ['x-ms-date', '…'],
    [
      'Authorization',
      `HMAC-SHA256 Credential=${id}&SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${MASK}`,
    ],
  ],
  hawk: (id) => [['Authorization', `Hawk id="${id}", ts="…", nonce="…", mac="${MASK}"`]],
  stripe: (id) => [
    ['X-Client-Id', id],
    ['Stripe-Signature', `t=…,v1=${MASK}`],
  ],
  shopify: (id) => [
    ['X-Client-Id', id],
    ['X-Shopify-Hmac-Sha256', MASK],
  ],
}

/** Returns the headers of a recipe; empty if the recipe is invalid. */
function recipe(of: Parts['of']): Preview['headers'] {
  try {
    const { headers }: { headers?: unknown } = JSON.parse(of('recipe'))
    return Array.isArray(headers)
      ? headers.map(({ name, value }) => [
          String(name),
          String(value).replace('{signature}', MASK).replace('{client_id}', of('clientId')),
        ])
      : []
  } catch {
    return []
  }
}
