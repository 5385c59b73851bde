import type { Settings, Surroundings } from './options.ts'
import type { Prepared } from './request.ts'
import { errorOfAnswer, SdkError } from './sdk-error.ts'

/** How one request is sent. */
export type SendOptions = {
  readonly timeoutMs: number
  readonly retriesMax: number
  readonly signal?: AbortSignal | undefined
  /** The headers that say who asks; asked anew for every attempt. */
  readonly authorize: () => Promise<Readonly<Record<string, string>>>
  /** Called after a 401; true when another attempt may go better. */
  readonly renew?: (() => boolean) | undefined
}

/** An answer; its body has been read, unless it is to be streamed. */
export type Received = { readonly response: Response; readonly text: string }

type SendDeps = {
  readonly settings: Pick<Settings, 'fetch' | 'authentication'>
  readonly around: Surroundings
}

const BACKOFF_FIRST_MS = 250
const BACKOFF_MAX_MS = 8_000
/** Who is asked to wait longer than this is told so instead. */
const WAIT_MAX_MS = 30_000

const retriedStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504])
const retriedCodes: ReadonlySet<string> = new Set([
  'network_error',
  'timeout',
  'idempotency_in_flight',
])

/**
 * Sends a request, and again where that does no harm and may help: with growing pauses, or the one that
 * `Retry-After` asks for.
 *
 * @throws {SdkError}
 */
export async function send(
  deps: SendDeps,
  prepared: Prepared,
  options: SendOptions & { readonly stream?: boolean },
): Promise<Received> {
  let renewed = false
  for (let attempt = 0; ; attempt += 1) {
    const who = await options.authorize()
    try {
      return await sendOnce(
        deps,
        { ...prepared, headers: { ...prepared.headers, ...who } },
        options,
      )
    } catch (error) {
      if (!(error instanceof SdkError)) throw error
      // Nothing was done for who was not let in: this may be repeated, whatever it is.
      if (error.status === 401 && !renewed && options.renew?.() === true) {
        renewed = true
        continue
      }
      const waitMs = pauseOf(error, attempt, deps.around.random())
      const mayRetry = prepared.repeatable && attempt < options.retriesMax && isPassing(error)
      if (!mayRetry || waitMs > WAIT_MAX_MS) throw error
      await deps.around.sleep(waitMs, options.signal)
    }
  }
}

async function sendOnce(
  { settings }: SendDeps,
  { url, method, headers, body }: Prepared,
  options: SendOptions & { readonly stream?: boolean },
): Promise<Received> {
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), options.timeoutMs)
  try {
    const response = await settings.fetch(url, {
      method,
      headers,
      // A redirect would carry the credential elsewhere.
      redirect: 'error',
      credentials: settings.authentication === 'session' ? 'include' : 'omit',
      signal: either(timeout.signal, options.signal),
      ...(body === undefined ? {} : { body }),
    })
    if (response.ok && options.stream === true) return { response, text: '' }
    const text = await response.text()
    if (!response.ok) throw errorOfAnswer(response, text)
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
  if (signal?.aborted === true) return new SdkError('aborted', 'The call was aborted.', { cause })
  if (timedOut) return new SdkError('timeout', `No answer within ${timeoutMs} ms.`, { cause })
  return new SdkError('network_error', 'The server cannot be reached.', { cause })
}

function either(timeout: AbortSignal, given: AbortSignal | undefined): AbortSignal {
  return given === undefined ? timeout : AbortSignal.any([timeout, given])
}

function isPassing({ code, status }: SdkError): boolean {
  return retriedCodes.has(code) || (status !== undefined && retriedStatuses.has(status))
}

/** Doubles from attempt to attempt; half of it by chance, so that many clients do not come back together. */
function pauseOf({ retryAfterSeconds }: SdkError, attempt: number, chance: number): number {
  if (retryAfterSeconds !== undefined) return retryAfterSeconds * 1_000
  return Math.min(BACKOFF_FIRST_MS * 2 ** attempt, BACKOFF_MAX_MS) * (0.5 + chance / 2)
}
