import type { OutboundError, OutboundStep } from '../../outbound/outbound.ts'
import { type TestStep, upstreamFaults } from '../../outbound/upstream-faults.ts'

/** One step of a connection check: a code for programs and a sentence for people. */
export type CheckStep = {
  readonly step: TestStep
  readonly ok: boolean
  /** `ok` if the step succeeded. */
  readonly code: string
  readonly detail: string
  readonly milliseconds: number
}

/** Returns the entry of a successful step. */
export function describeStep(done: OutboundStep, host: string): CheckStep {
  const { step, milliseconds } = done
  const detail =
    done.step === 'address'
      ? `${host} resolves to an allowed address.`
      : `TLS handshake succeeded. The certificate expires on ${new Date(done.validToMs).toISOString().slice(0, 10)}.`
  return { step, ok: true, code: 'ok', detail, milliseconds: round(milliseconds) }
}

/** Returns the steps of a failed call: the successful ones and the failed one. */
export function describeFault(
  steps: readonly CheckStep[],
  error: OutboundError,
  { isSecure, milliseconds }: { readonly isSecure: boolean; readonly milliseconds: number },
): readonly CheckStep[] {
  const { step: usual, detail, hint } = upstreamFaults[error.fault]
  // A timeout before the connection is established is a failure of the address step.
  const isConnected = steps.some((each) => each.step === (isSecure ? 'tls' : 'address'))
  const step = error.fault === 'timeout' && !isConnected ? 'address' : usual
  return [
    // A resolved name does not count as a success if its host refuses the connection.
    ...steps.filter((each) => each.step !== step),
    {
      step,
      ok: false,
      code: error.fault,
      detail: [detail('upstream'), hint].filter((text) => text !== undefined).join(' '),
      milliseconds: round(milliseconds),
    },
  ]
}

/** Returns the authentication step and the status step for a response status. */
export function checkStatus(
  { status, location, origin }: { status: number; location: string | undefined; origin: string },
  milliseconds: number,
): { readonly authentication: CheckStep; readonly status: CheckStep } {
  const isRejected = status === 401 || status === 403
  const { code, detail } = describeStatus(status, isOtherOrigin(location, origin))
  const ok = code === 'ok'
  return {
    authentication: {
      step: 'authentication',
      ok: !isRejected,
      code: isRejected ? 'rejected' : 'ok',
      detail: isRejected
        ? 'The server rejected the credentials. Check the credentials and their permissions.'
        : ok
          ? 'The server accepted the credentials.'
          : 'The server did not reject the credentials.',
      milliseconds: 0,
    },
    status: {
      step: 'status',
      ok,
      code,
      detail: ok
        ? `HTTP ${status} in ${Math.round(milliseconds)} ms.`
        : `HTTP ${status}. ${detail}`,
      milliseconds: round(milliseconds),
    },
  }
}

function describeStatus(status: number, elsewhere: boolean): { code: string; detail: string } {
  if (status >= 200 && status < 300) return { code: 'ok', detail: '' }
  if (status >= 300 && status < 400) {
    return elsewhere
      ? {
          code: 'cross_origin_redirect',
          detail:
            'The server redirected to another host. Redirects are not followed; use the final URL.',
        }
      : {
          code: 'redirect',
          detail: 'The server redirected. Redirects are not followed; use the final path.',
        }
  }
  const code = `http_${status}`
  const known = statusDetails[status]
  if (known !== undefined) return { code, detail: known }
  return {
    code,
    detail:
      status >= 500
        ? 'The server failed. Try again later.'
        : 'The server rejected this request. Try another path or method.',
  }
}

const statusDetails: Readonly<Record<number, string>> = {
  401: 'The server rejected the credentials.',
  403: 'The credentials lack the permission for this request.',
  404: 'The path does not exist. Try another path.',
  429: 'The rate limit of the server is exceeded. Try again later.',
}

function isOtherOrigin(location: string | undefined, origin: string): boolean {
  if (location === undefined || !URL.canParse(location, origin)) return false
  return new URL(location, origin).origin !== origin
}

/** Rounds to a tenth of a millisecond. */
export function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10
}
