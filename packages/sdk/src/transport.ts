import type { Runtime, Settings } from './options.ts'
import type { PreparedRequest } from './request.ts'
import { errorOfResponse, SdkError } from './sdk-error.ts'

/** Options of {@link send}. */
export type SendOptions = {
  readonly timeoutMs: number
  readonly retriesMax: number
  readonly signal?: AbortSignal | undefined
  /** Returns the authorization headers of one attempt. */
  readonly authorize: () => Promise<Readonly<Record<string, string>>>
  /** Called after a 401. Returns true if another attempt can succeed. */
  readonly onUnauthorized?: (() => boolean) | undefined
}

/** A response. `text` is empty for a streamed response. */
export type ReceivedResponse = { readonly response: Response; readonly text: string }

type SendDeps = {
  readonly settings: Pick<Settings, 'fetch' | 'authentication'>
  readonly runtime: Runtime
}

const BACKOFF_FIRST_MS = 250
const BACKOFF_MAX_MS = 8_000
/** A request with a longer `Retry-After` is not retried. */
const WAIT_MAX_MS = 30_000

const retriedStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504])
const retriedCodes: ReadonlySet<string> = new Set([
  'network_error',
  'timeout',
  'idempotency_in_flight',
])

/**
 * Sends a request. Retries temporary errors of idempotent requests, with exponential backoff or after
 * `Retry-After`.
 *
 * @throws {SdkError}
 */
export async function send(
  deps: SendDeps,
  prepared: PreparedRequest,
  options: SendOptions & { readonly stream?: boolean },
): Promise<ReceivedResponse> {
  let renewed = false
  for (let attempt = 0; ; attempt += 1) {
    const authorization = await options.authorize()
    try {
      return await sendOnce(
        deps,
        { ...prepared, headers: { ...prepared.headers, ...authorization } },
        options,
      )
    } catch (error) {
      if (!(error instanceof SdkError)) throw error
      // A 401 had no effect, so every method can be repeated.
      if (error.status === 401 && !renewed && options.onUnauthorized?.() === true) {
        renewed = true
        continue
      }
      const waitMs = retryDelayMs(error, attempt, deps.runtime.random())
      const mayRetry = prepared.canRetry && attempt < options.retriesMax && isTemporary(error)
      if (!mayRetry || waitMs > WAIT_MAX_MS) throw error
      await deps.runtime.sleep(waitMs, options.signal)
    }
  }
}

async function sendOnce(
  { settings }: SendDeps,
  { url, method, headers, body }: PreparedRequest,
  options: SendOptions & { readonly stream?: boolean },
): Promise<ReceivedResponse> {
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), options.timeoutMs)
  try {
    const response = await settings.fetch(url, {
      method,
      headers,
      // A redirect would send the credential to another host.
      redirect: 'error',
      credentials: settings.authentication === 'session' ? 'include' : 'omit',
      signal: anySignal(timeout.signal, options.signal),
      ...(body === undefined ? {} : { body }),
    })
    if (response.ok && options.stream === true) return { response, text: '' }
    const text = await response.text()
    if (!response.ok) throw errorOfResponse(response, text)
    return { response, text }
  } catch (cause) {
    if (cause instanceof SdkError) throw cause
    throw connectionError(cause, { timedOut: timeout.signal.aborted, ...options })
  } finally {
    clearTimeout(timer)
  }
}

function connectionError(
  cause: unknown,
  { timedOut, timeoutMs, signal }: SendOptions & { readonly timedOut: boolean },
): SdkError {
  if (signal?.aborted === true)
    return new SdkError('aborted', 'The request was aborted.', { cause })
  if (timedOut)
    return new SdkError('timeout', `The server did not respond within ${timeoutMs} ms.`, { cause })
  return new SdkError('network_error', 'The server is not reachable.', { cause })
}

function anySignal(timeout: AbortSignal, given: AbortSignal | undefined): AbortSignal {
  return given === undefined ? timeout : AbortSignal.any([timeout, given])
}

function isTemporary({ code, status }: SdkError): boolean {
  return retriedCodes.has(code) || (status !== undefined && retriedStatuses.has(status))
}

/** Exponential backoff. Half of the delay is random, so that clients do not retry at the same time. */
function retryDelayMs({ retryAfterSeconds }: SdkError, attempt: number, random: number): number {
  if (retryAfterSeconds !== undefined) return retryAfterSeconds * 1_000
  return Math.min(BACKOFF_FIRST_MS * 2 ** attempt, BACKOFF_MAX_MS) * (0.5 + random / 2)
}
