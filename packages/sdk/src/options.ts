import { trimTrailingSlashes } from '@keyporter/protocol'

/** Options of a client. */
export type ClientOptions = {
  /** The URL of the server. Default: `KEYPORTER_URL`, or in a browser with a session the page origin. */
  readonly baseUrl?: string | undefined
  /** Default: `KEYPORTER_CLIENT_ID`. */
  readonly clientId?: string | undefined
  /** Default: `KEYPORTER_CLIENT_SECRET`. */
  readonly clientSecret?: string | undefined
  /**
   * `token`: access tokens, fetched and renewed as needed. `basic`: client ID and secret in every request.
   * `session`: the session cookie of the console. `none`: no authentication. Default: `token`.
   */
  readonly authentication?: 'token' | 'basic' | 'session' | 'none' | undefined
  /** The organization to act for. Only credentials of the operator can act for other organizations. */
  readonly organizationId?: string | undefined
  /** Timeout of each attempt of a request in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number | undefined
  /** Maximum number of retries of an idempotent request. Default: 2. */
  readonly retriesMax?: number | undefined
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch | undefined
}

/** The clock, random source, timer and environment of a client. */
export type Runtime = {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** From 0 to 1. */
  readonly random: () => number
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Replacements for parts of the {@link Runtime}, for tests. */
export type Overrides = Partial<Runtime>

/** Complete, validated options. */
export type Settings = {
  readonly baseUrl: string
  readonly authentication: 'token' | 'basic' | 'session' | 'none'
  readonly client: { readonly clientId: string; readonly clientSecret: string } | undefined
  readonly organizationId: string | undefined
  readonly timeoutMs: number
  readonly retriesMax: number
  readonly fetch: typeof fetch
}

const TIMEOUT_MS = 10_000
const RETRIES_MAX = 2

/** The runtime of the current process. */
export const defaultRuntime: Runtime = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep,
  env: typeof process === 'undefined' ? {} : process.env,
}

/**
 * Completes the options with environment variables and defaults.
 *
 * @throws {TypeError} when an option is missing or invalid. The message never contains its value.
 */
export function readSettings(options: ClientOptions, { env }: Runtime): Settings {
  const authentication = options.authentication ?? 'token'
  const needsCredential = authentication === 'token' || authentication === 'basic'
  const clientId = options.clientId ?? env['KEYPORTER_CLIENT_ID']
  const clientSecret = options.clientSecret ?? env['KEYPORTER_CLIENT_SECRET']
  if (needsCredential && !clientId) throw missing('clientId', 'KEYPORTER_CLIENT_ID')
  if (needsCredential && !clientSecret) throw missing('clientSecret', 'KEYPORTER_CLIENT_SECRET')
  return {
    baseUrl: readBaseUrl(options.baseUrl ?? env['KEYPORTER_URL'] ?? pageOrigin(authentication)),
    authentication,
    client: needsCredential && clientId && clientSecret ? { clientId, clientSecret } : undefined,
    organizationId: options.organizationId,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    retriesMax: options.retriesMax ?? RETRIES_MAX,
    // A wrapper, because browsers reject a call of `fetch` with another `this`.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
  }
}

function readBaseUrl(text: string | undefined): string {
  if (!text) throw missing('baseUrl', 'KEYPORTER_URL')
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol) || /[?#]/.test(text)) {
    throw new TypeError('baseUrl must be an absolute http(s) URL without query or fragment.')
  }
  if (new URL(text).username !== '' || new URL(text).password !== '') {
    throw new TypeError(
      'baseUrl must not contain a user name or password. Use clientId and clientSecret.',
    )
  }
  return trimTrailingSlashes(text)
}

function pageOrigin(authentication: Settings['authentication']): string | undefined {
  if (authentication !== 'session' || typeof location === 'undefined') return undefined
  return location.origin
}

function missing(name: string, variable: string): TypeError {
  return new TypeError(`${name} is missing. Set ${name} or ${variable}.`)
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
