import { isJsonObject } from '@keyporter/protocol'
import { ownSurroundings, readSettings, type Settings, type Surroundings } from './options.ts'
import { SdkError } from './sdk-error.ts'
import { send } from './transport.ts'

/** Gives access tokens of one credential. */
export type TokenSource = {
  /**
   * An access token with some life left: the cached one, or a new one. Calls at the same time share one
   * request; a token that is near its end is renewed in the background.
   *
   * @throws {SdkError} `invalid_client` when the credential is not good; `invalid_scope`, `invalid_target`
   */
  readonly token: () => Promise<string>
  /** Forgets the token, because someone refused it. False when it is not the cached one any more. */
  readonly forget: (token: string) => boolean
}

/** What tokens to get, and from where. */
export type TokenSourceOptions = {
  readonly baseUrl?: string | undefined
  readonly clientId?: string | undefined
  readonly clientSecret?: string | undefined
  /** Everything granted unless given. */
  readonly scope?: readonly string[] | undefined
  /** The api to call (RFC 8707), where the credential leaves a choice. */
  readonly resource?: string | undefined
  readonly timeoutMs?: number | undefined
  readonly fetch?: typeof fetch | undefined
}

/** A token, and its times in milliseconds since 1970. */
type Held = { readonly token: string; readonly renewAtMs: number; readonly endsAtMs: number }

/** A token is renewed after this part of its life, and not used in its last seconds. */
const FRESH_PART = 0.9
const LAST_MS = 5_000
/** After a failed renewal in the background the next one waits. */
const PAUSE_MS = 10_000

/**
 * Makes a token source for a credential: OAuth 2.0 client credentials, with HTTP Basic.
 *
 * @throws {TypeError} when something is missing
 * @see RFC 6749 §4.4, §2.3.1
 * @example
 * const source = createTokenSource({ baseUrl: 'https://keys.example.com', clientId, clientSecret })
 * await fetch(url, { headers: { authorization: `Bearer ${await source.token()}` } })
 */
export function createTokenSource(
  options: TokenSourceOptions,
  around: Partial<Surroundings> = {},
): TokenSource {
  const surroundings = { ...ownSurroundings, ...around }
  const settings = readSettings({ ...options, authentication: 'basic' }, surroundings)
  return tokenSourceOf(settings, options, surroundings)
}

/** As {@link createTokenSource}, from settings that were read already. */
export function tokenSourceOf(
  settings: Settings,
  wanted: Pick<TokenSourceOptions, 'scope' | 'resource'>,
  around: Surroundings,
): TokenSource {
  let held: Held | undefined
  let running: Promise<Held> | undefined
  let pausedUntilMs = 0

  const renew = (): Promise<Held> => {
    running ??= fetchToken(settings, wanted, around)
      .then((fetched) => {
        held = fetched
        return fetched
      })
      .finally(() => {
        running = undefined
      })
    return running
  }
  const renewInBackground = (): void => {
    if (around.now() < pausedUntilMs) return
    renew().catch(() => {
      pausedUntilMs = around.now() + PAUSE_MS
    })
  }
  return {
    token: async () => {
      const now = around.now()
      if (held === undefined || now >= held.endsAtMs) return (await renew()).token
      if (now >= held.renewAtMs) renewInBackground()
      return held.token
    },
    forget: (token) => {
      if (held?.token !== token) return false
      held = undefined
      return true
    },
  }
}

async function fetchToken(
  settings: Settings,
  { scope, resource }: Pick<TokenSourceOptions, 'scope' | 'resource'>,
  around: Surroundings,
): Promise<Held> {
  const { client, baseUrl, timeoutMs, retriesMax } = settings
  if (client === undefined) throw new TypeError('A token needs a clientId and a clientSecret')
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  if (scope !== undefined) form.set('scope', scope.join(' '))
  if (resource !== undefined) form.set('resource', resource)
  // The token's life begins before its answer arrives.
  const startedMs = around.now()
  const prepared = {
    url: `${baseUrl}/oauth/token`,
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: form.toString(),
    // One token more does no harm.
    repeatable: true,
  }
  const authorization = basicOf(client)
  const { text } = await send({ settings, around }, prepared, {
    timeoutMs,
    retriesMax,
    authorize: async () => ({ authorization }),
  })
  return readToken(text, startedMs)
}

/** RFC 6749 §2.3.1: each half is form-encoded before they are joined. */
export function basicOf({ clientId, clientSecret }: NonNullable<Settings['client']>): string {
  const encode = (half: string): string =>
    new URLSearchParams({ '': half }).toString().slice('='.length)
  return `Basic ${btoa(`${encode(clientId)}:${encode(clientSecret)}`)}`
}

function readToken(text: string, startedMs: number): Held {
  const body = parse(text)
  const token = isJsonObject(body) ? body['access_token'] : undefined
  const seconds = isJsonObject(body) ? body['expires_in'] : undefined
  if (typeof token !== 'string' || typeof seconds !== 'number') {
    throw new SdkError('unexpected_answer', 'The token endpoint did not answer with a token.')
  }
  const lifeMs = seconds * 1_000
  return {
    token,
    renewAtMs: startedMs + lifeMs * FRESH_PART,
    endsAtMs: startedMs + lifeMs - Math.min(LAST_MS, lifeMs / 2),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
