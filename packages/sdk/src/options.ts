/** How a client reaches the server, and as whom. */
export type ClientOptions = {
  /** Where the server is; `KEYPORTER_URL` unless given. In a browser with a session: this page's origin. */
  readonly baseUrl?: string | undefined
  /** `KEYPORTER_CLIENT_ID` unless given. */
  readonly clientId?: string | undefined
  /** `KEYPORTER_CLIENT_SECRET` unless given. */
  readonly clientSecret?: string | undefined
  /**
   * `token`: with access tokens, fetched and renewed as needed. `basic`: with the pair itself on every
   * request. `session`: with the console's cookie. `none`: as a stranger. `token` unless given.
   */
  readonly authentication?: 'token' | 'basic' | 'session' | 'none' | undefined
  /** The organization to act for, where that is not the caller's own; the operator's callers may. */
  readonly organizationId?: string | undefined
  /** Longest wait for one answer, in milliseconds; 10,000 unless given. */
  readonly timeoutMs?: number | undefined
  /** How often a request that may be repeated is repeated; 2 unless given. */
  readonly retriesMax?: number | undefined
  /** In place of the global `fetch`. */
  readonly fetch?: typeof fetch | undefined
}

/** What a test may put in the place of the machine's own. */
export type Surroundings = {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** From 0 to 1. */
  readonly random: () => number
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Options, complete and checked. */
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

/** The machine's own clock, randomness, waiting and environment. */
export const ownSurroundings: Surroundings = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep,
  env: typeof process === 'undefined' ? {} : process.env,
}

/**
 * Completes options by the environment.
 *
 * @throws {TypeError} when something is missing or not right; it says what, never a value
 */
export function readSettings(options: ClientOptions, { env }: Surroundings): Settings {
  const authentication = options.authentication ?? 'token'
  const needsPair = authentication === 'token' || authentication === 'basic'
  const clientId = options.clientId ?? env['KEYPORTER_CLIENT_ID']
  const clientSecret = options.clientSecret ?? env['KEYPORTER_CLIENT_SECRET']
  if (needsPair && !clientId) throw missing('clientId', 'KEYPORTER_CLIENT_ID')
  if (needsPair && !clientSecret) throw missing('clientSecret', 'KEYPORTER_CLIENT_SECRET')
  return {
    baseUrl: readBaseUrl(options.baseUrl ?? env['KEYPORTER_URL'] ?? pageOrigin(authentication)),
    authentication,
    client: needsPair && clientId && clientSecret ? { clientId, clientSecret } : undefined,
    organizationId: options.organizationId,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    retriesMax: options.retriesMax ?? RETRIES_MAX,
    // Not the function itself: browsers refuse to call it with another `this`.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
  }
}

function readBaseUrl(text: string | undefined): string {
  if (!text) throw missing('baseUrl', 'KEYPORTER_URL')
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol) || /[?#]/.test(text)) {
    throw new TypeError('baseUrl: an absolute http(s) URL without query is needed')
  }
  if (new URL(text).username !== '' || new URL(text).password !== '') {
    throw new TypeError('baseUrl: give the credential as clientId and clientSecret')
  }
  return text.replace(/\/+$/, '')
}

function pageOrigin(authentication: Settings['authentication']): string | undefined {
  if (authentication !== 'session' || typeof location === 'undefined') return undefined
  return location.origin
}

function missing(name: string, variable: string): TypeError {
  return new TypeError(`${name} is missing: give it, or set ${variable}`)
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
