import { isHopByHopField } from '@keyporter/protocol'
import type { Masker } from './redactor.ts'

/** A header line: its name and its value. */
export type HeaderLine = readonly [name: string, value: string]

/**
 * The headers of an answer as they go on to the caller: without what would speak for our own address (cookies,
 * policies of browsers, challenges, alternatives), without orders to a web server in front of us, and without secrets.
 * Whatever else came stays as it is.
 */
export function passHeaders(
  headers: readonly HeaderLine[],
  masker: Masker | undefined,
): readonly HeaderLine[] {
  const passed: HeaderLine[] = []
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    if (isHopByHopField(name) || isDropped(key)) continue
    const shown = key === 'cache-control' ? keepPrivate(value) : value
    passed.push([
      // Ours stands under the usual name; theirs is what their support asks for.
      key === 'x-request-id' ? 'Keyporter-Upstream-Request-Id' : name,
      masker === undefined ? shown : masker.maskText(shown),
    ])
  }
  return passed
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
const DROPPED_BEGINNINGS = ['access-control-', 'cross-origin-', 'keyporter-']

function isDropped(key: string): boolean {
  return DROPPED.has(key) || DROPPED_BEGINNINGS.some((beginning) => key.startsWith(beginning))
}

/** RFC 9111 §3.5: what `public` or `s-maxage` allow would be kept for whoever asks next, with other rights. */
function keepPrivate(value: string): string {
  const directives = value.match(/(?:[^,"]|"[^"]*")+/g)?.map((directive) => directive.trim()) ?? []
  const kept = directives.filter(
    (directive) => !/^(public\b|private\b|s-maxage\b|$)/i.test(directive),
  )
  return ['private', ...kept].join(', ')
}
