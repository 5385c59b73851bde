import { trimSlashes } from '@keyporter/protocol'
import type { AuthKind } from '../integration.ts'
import type { Draft, Values } from './draft.ts'
import { isFilled } from './rows.ts'

/** The mask for secrets of any length. */
export const DOTS = '••••'

type PreviewTerms = {
  readonly draft: Draft
  readonly values: Values
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
  readonly values: Values
  readonly signature: string
}
type Attached = { readonly headers?: Preview['headers']; readonly query?: string }

const mediaTypes: Readonly<Record<string, string>> = {
  json: 'application/json',
  xml: 'application/xml',
  form: 'application/x-www-form-urlencoded',
}

/** Returns the request that an integration would send, with masked secrets. */
export function previewOf({ draft, values, method, path }: PreviewTerms): Preview {
  const { kind, settings, baseUrl } = draft
  const of = (name: string): string => values.fields[name] || settings[name] || `<${name}>`
  const { headers = [], query } = attached[kind]({ of, values, signature: DOTS })
  const base = trimSlashes(baseUrl.trim()) || 'https://…'
  const url = `${base}${path.startsWith('/') ? path : `/${path}`}`
  const mark = url.includes('?') ? '&' : '?'
  const contentType = mediaTypes[draft.contentChoice] ?? draft.otherContentType.trim()
  return {
    method,
    url: query === undefined ? url : `${url}${mark}${query}`,
    headers: [
      ...(method === 'POST' ? ([['Content-Type', contentType]] as const) : []),
      ...shownRows(draft.headers),
      ...shownRows(values.headers),
      ...headers,
    ],
  }
}

function shownRows(rows: Values['headers']): Preview['headers'] {
  return rows.filter(isFilled).map(({ name, value, isSecret }) => [name, isSecret ? DOTS : value])
}

const bearer = ({ of, values }: Parts): Attached => ({
  headers: [[of('header'), prefixed(of, values)]],
})
const token = (): Attached => ({ headers: [['Authorization', `Bearer ${DOTS}`]] })

const attached: Readonly<Record<AuthKind, (parts: Parts) => Attached>> = {
  none: () => ({}),
  api_key: ({ of }) => {
    const name = of('name')
    if (of('in') === 'query') return { query: `${encodeURIComponent(name)}=${DOTS}` }
    return { headers: [of('in') === 'cookie' ? ['Cookie', `${name}=${DOTS}`] : [name, DOTS]] }
  },
  headers: ({ values }) => ({ headers: shownRows(values.entries) }),
  basic: () => ({ headers: [['Authorization', `Basic ${DOTS}`]] }),
  bearer,
  login_call: bearer,
  oauth2_client_credentials: token,
  oauth2_authorization_code: token,
  aws_sigv4: ({ of }) => ({
    headers: [
      ['X-Amz-Date', '…'],
      [
        'Authorization',
        `AWS4-HMAC-SHA256 Credential=${of('accessKeyId')}/…/${of('region')}/${of('service')}/aws4_request, SignedHeaders=host;x-amz-date, Signature=${DOTS}`,
      ],
    ],
  }),
  hmac_sha256: ({ of }) => ({ headers: signed[of('scheme')]?.(of('clientId')) ?? recipe(of) }),
}

function prefixed(of: Parts['of'], { fields }: Values): string {
  const prefix = fields['prefix'] ?? of('prefix')
  return prefix === '<prefix>' ? DOTS : `${prefix} ${DOTS}`
}

const signed: Readonly<Record<string, (clientId: string) => Preview['headers']>> = {
  simple: (id) => [
    ['X-Client-Id', id],
    ['X-Timestamp', '…'],
    ['X-Signature', DOTS],
  ],
  rfc9421: (id) => [
    [
      'Signature-Input',
      `sig=("@method" "@authority" "@path" "@query");created=…;keyid="${id}";alg="hmac-sha256"`,
    ],
    ['Signature', `sig=:${DOTS}:`],
  ],
  acquia: (id) => [
    ['X-Authorization-Timestamp', '…'],
    ['Authorization', `acquia-http-hmac id="${id}",nonce="…",version="2.0",signature="${DOTS}"`],
  ],
  azure: (id) => [
    ['x-ms-date', '…'],
    [
      'Authorization',
      `HMAC-SHA256 Credential=${id}&SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${DOTS}`,
    ],
  ],
  hawk: (id) => [['Authorization', `Hawk id="${id}", ts="…", nonce="…", mac="${DOTS}"`]],
  stripe: (id) => [
    ['X-Client-Id', id],
    ['Stripe-Signature', `t=…,v1=${DOTS}`],
  ],
  shopify: (id) => [
    ['X-Client-Id', id],
    ['X-Shopify-Hmac-Sha256', DOTS],
  ],
}

/** Returns the headers of a recipe; empty if the recipe is invalid. */
function recipe(of: Parts['of']): Preview['headers'] {
  try {
    const { headers }: { headers?: unknown } = JSON.parse(of('recipe'))
    return Array.isArray(headers)
      ? headers.map(({ name, value }) => [
          String(name),
          String(value).replace('{signature}', DOTS).replace('{client_id}', of('clientId')),
        ])
      : []
  } catch {
    return []
  }
}
