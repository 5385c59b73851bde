import { formatBasicAuthorization, isJsonObject } from '@keyporter/protocol'
import {
  defaultRuntime,
  type Overrides,
  type Runtime,
  readSettings,
  type Settings,
} from './options.ts'
import { SdkError } from './sdk-error.ts'
import { send } from './transport.ts'

/** Provides access tokens of one credential. */
export type TokenSource = {
  /**
   * Returns a valid access token, from the cache or newly fetched. Concurrent calls share one request. A
   * token close to its expiry is renewed in the background.
   *
   * @throws {SdkError} `invalid_client` when the credential is rejected; `invalid_scope`, `invalid_target`
   */
  readonly token: () => Promise<string>
  /** Evicts a rejected token from the cache. Returns false if the cache contains another token. */
  readonly invalidate: (token: string) => boolean
}

/** Options of {@link createTokenSource}. */
export type TokenSourceOptions = {
  /** The URL of the server. Default: `KEYPORTER_URL`. */
  readonly baseUrl?: string | undefined
  /** Default: `KEYPORTER_CLIENT_ID`. */
  readonly clientId?: string | undefined
  /** Default: `KEYPORTER_CLIENT_SECRET`. */
  readonly clientSecret?: string | undefined
  /** Default: every granted permission. */
  readonly scope?: readonly string[] | undefined
  /** The identifier of the API to call (RFC 8707). */
  readonly resource?: string | undefined
  /** Timeout of one request in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number | undefined
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch | undefined
}

/** A token with times in milliseconds since 1970. */
type CachedToken = {
  readonly token: string
  readonly renewAtMs: number
  readonly usableUntilMs: number
}

/** A token is renewed after this fraction of its lifetime, and not used within the margin before its expiry. */
const RENEW_AFTER_FRACTION = 0.9
const EXPIRY_MARGIN_MS = 5_000
/** The pause before a background renewal is retried after a failure. */
const RENEWAL_RETRY_MS = 10_000

/**
 * Creates a token source for a credential, with OAuth 2.0 client credentials and HTTP Basic.
 *
 * @throws {TypeError} when an option is missing or invalid
 * @see RFC 6749 §4.4, §2.3.1
 * @example
 * const source = createTokenSource({ baseUrl: 'https://keys.example.com', clientId, clientSecret })
 * await fetch(url, { headers: { authorization: `Bearer ${await source.token()}` } })
 */
export function createTokenSource(
  options: TokenSourceOptions,
  overrides: Overrides = {},
): TokenSource {
  const runtime = { ...defaultRuntime, ...overrides }
  const settings = readSettings({ ...options, authentication: 'basic' }, runtime)
  return createTokenSourceFrom(settings, options, runtime)
}

/** Creates a token source from validated settings. */
export function createTokenSourceFrom(
  settings: Settings,
  request: Pick<TokenSourceOptions, 'scope' | 'resource'>,
  runtime: Runtime,
): TokenSource {
  let cached: CachedToken | undefined
  let running: Promise<CachedToken> | undefined
  let pausedUntilMs = 0

  const renew = (): Promise<CachedToken> => {
    running ??= fetchToken(settings, request, runtime)
      .then((fetched) => {
        cached = fetched
        return fetched
      })
      .finally(() => {
        running = undefined
      })
    return running
  }
  const renewInBackground = (): void => {
    if (runtime.now() < pausedUntilMs) return
    renew().catch(() => {
      pausedUntilMs = runtime.now() + RENEWAL_RETRY_MS
    })
  }
  return {
    token: async () => {
      const now = runtime.now()
      if (cached === undefined || now >= cached.usableUntilMs) return (await renew()).token
      if (now >= cached.renewAtMs) renewInBackground()
      return cached.token
    },
    invalidate: (token) => {
      if (cached?.token !== token) return false
      cached = undefined
      return true
    },
  }
}

async function fetchToken(
  settings: Settings,
  { scope, resource }: Pick<TokenSourceOptions, 'scope' | 'resource'>,
  runtime: Runtime,
): Promise<CachedToken> {
  const { client, baseUrl, timeoutMs, retriesMax } = settings
  if (client === undefined)
    throw new TypeError('A token source requires clientId and clientSecret.')
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  if (scope !== undefined) form.set('scope', scope.join(' '))
  if (resource !== undefined) form.set('resource', resource)
  // The lifetime of the token starts before the response arrives.
  const startedMs = runtime.now()
  const prepared = {
    url: `${baseUrl}/oauth/token`,
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: form.toString(),
    // A retry only issues an additional token.
    canRetry: true,
  }
  const authorization = formatBasicAuthorization(client)
  const { text } = await send({ settings, runtime }, prepared, {
    timeoutMs,
    retriesMax,
    authorize: async () => ({ authorization }),
  })
  return readToken(text, startedMs)
}

function readToken(text: string, startedMs: number): CachedToken {
  const body = parse(text)
  const token = isJsonObject(body) ? body['access_token'] : undefined
  const seconds = isJsonObject(body) ? body['expires_in'] : undefined
  if (typeof token !== 'string' || typeof seconds !== 'number') {
    throw new SdkError(
      'unexpected_response',
      'The response of the token endpoint contains no token.',
    )
  }
  const lifeMs = seconds * 1_000
  return {
    token,
    renewAtMs: startedMs + lifeMs * RENEW_AFTER_FRACTION,
    usableUntilMs: startedMs + lifeMs - Math.min(EXPIRY_MARGIN_MS, lifeMs / 2),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
