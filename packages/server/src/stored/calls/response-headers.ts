import { isHopByHopField } from '@keyporter/protocol'
import type { Redactor } from './redactor.ts'

export type HeaderLine = readonly [name: string, value: string]

/**
 * Returns the response headers for the caller: redacted, without headers that would apply to
 * Keyporter's origin (cookies, browser policies, challenges, alternative services), and without
 * instructions to a web server in front of Keyporter. All other headers are unchanged.
 */
export function filterResponseHeaders(
  headers: readonly HeaderLine[],
  redactor: Redactor | undefined,
): readonly HeaderLine[] {
  const forwarded: HeaderLine[] = []
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    if (isHopByHopField(name) || isDropped(key)) continue
    const privateValue = key === 'cache-control' ? toPrivate(value) : value
    forwarded.push([
      // `X-Request-Id` is the ID of the response of Keyporter. The upstream's support asks for the upstream's ID.
      key === 'x-request-id' ? 'Keyporter-Upstream-Request-Id' : name,
      redactor === undefined ? privateValue : redactor.redactText(privateValue),
    ])
  }
  return forwarded
}

const DROPPED: ReadonlySet<string> = new Set([
  'alt-svc',
  'cdn-cache-control',
  'clear-site-data',
  'content-security-policy',
  'content-security-policy-report-only',
  'document-policy',
  'expect-ct',
  'nel',
  'origin-agent-cluster',
  'permissions-policy',
  'public-key-pins',
  'public-key-pins-report-only',
  'referrer-policy',
  'refresh',
  'report-to',
  'reporting-endpoints',
  'server-timing',
  'service-worker-allowed',
  'set-cookie',
  'set-cookie2',
  'set-login',
  'sourcemap',
  'strict-transport-security',
  'surrogate-control',
  'timing-allow-origin',
  'www-authenticate',
  'x-accel-charset',
  'x-accel-expires',
  'x-accel-limit-rate',
  'x-accel-redirect',
  'x-content-type-options',
  'x-frame-options',
  'x-lighttpd-send-file',
  'x-litespeed-location',
  'x-sendfile',
  'x-sendfile2',
  'x-sourcemap',
])
const DROPPED_PREFIXES = ['access-control-', 'cross-origin-', 'keyporter-']

function isDropped(key: string): boolean {
  return DROPPED.has(key) || DROPPED_PREFIXES.some((prefix) => key.startsWith(prefix))
}

/**
 * RFC 9111 §3.5: `public` and `s-maxage` would let a shared cache serve the response to callers
 * with other rights.
 */
function toPrivate(value: string): string {
  const directives = value.match(/(?:[^,"]|"[^"]*")+/g)?.map((directive) => directive.trim()) ?? []
  const kept = directives.filter(
    (directive) => !/^(public\b|private\b|s-maxage\b|$)/i.test(directive),
  )
  return ['private', ...kept].join(', ')
}
