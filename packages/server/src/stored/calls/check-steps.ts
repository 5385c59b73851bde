import type { EgressError, EgressFault, EgressStep } from '../../outbound/outbound.ts'

/** A step of a test, and how it went: a word for programs, a sentence for people. */
export type TestStep = {
  readonly step: 'address' | 'tls' | 'authentication' | 'status'
  readonly ok: boolean
  /** `ok` where it is. */
  readonly code: string
  readonly detail: string
  readonly milliseconds: number
}

/** A step that was made. */
export function describeStep(done: EgressStep, host: string): TestStep {
  const { step, milliseconds } = done
  const detail =
    done.step === 'address'
      ? `${host} was found.`
      : `The connection is secure. The certificate ends ${new Date(done.validToMs).toISOString().slice(0, 10)}.`
  return { step, ok: true, code: 'ok', detail, milliseconds: round(milliseconds) }
}

const faults: Readonly<Record<EgressFault, readonly [TestStep['step'], string]>> = {
  address_not_allowed: [
    'address',
    'This address is inside a private network, or is not to be called. Who runs this Keyporter can allow it.',
  ],
  name_not_found: ['address', 'The name of the host was not found. Check its spelling.'],
  connection_refused: [
    'address',
    'The host was found, but refused the connection. Check the port, and whether its firewall lets us in.',
  ],
  certificate_expired: ['tls', 'The certificate of the server has expired.'],
  certificate_not_trusted: [
    'tls',
    'The certificate of the server is not trusted: it is self-signed, or of an authority that is not known here.',
  ],
  certificate_wrong_name: ['tls', 'The certificate of the server is for another name.'],
  tls_failed: ['tls', 'No secure connection could be made.'],
  timed_out: ['status', 'The server did not answer in time.'],
  hung_up: ['status', 'The server hung up before it answered.'],
  too_large: ['status', 'The answer is too large.'],
  malformed_answer: ['status', 'What the server answered is not HTTP.'],
  malformed_request: ['status', 'The request cannot be sent as it stands.'],
  aborted: ['status', 'The call was broken off.'],
}

/** The steps as they stand when a call failed: those that were made, and the one that was not. */
export function endWithFault(
  made: readonly TestStep[],
  error: EgressError,
  { isSecure, milliseconds }: { readonly isSecure: boolean; readonly milliseconds: number },
): readonly TestStep[] {
  const [usual, detail] = faults[error.fault]
  // Out of time before a connection stood: it is the address that does not answer.
  const isConnected = made.some((each) => each.step === (isSecure ? 'tls' : 'address'))
  const step = error.fault === 'timed_out' && !isConnected ? 'address' : usual
  return [
    // A name that was found leads nowhere if its host refuses.
    ...made.filter((each) => each.step !== step),
    { step, ok: false, code: error.fault, detail, milliseconds: round(milliseconds) },
  ]
}

/** What a status says of signing in, and of the path. */
export function judgeStatus(
  { status, location, origin }: { status: number; location: string | undefined; origin: string },
  milliseconds: number,
): { readonly signIn: TestStep; readonly status: TestStep } {
  const refused = status === 401 || status === 403
  const { code, detail } = describeStatus(status, leadsElsewhere(location, origin))
  const ok = code === 'ok'
  return {
    signIn: {
      step: 'authentication',
      ok: !refused,
      code: refused ? 'rejected' : 'ok',
      detail: refused
        ? 'The server refused these sign-in details. Check them, and what they are allowed to do.'
        : ok
          ? 'The server accepted the sign-in details.'
          : 'The server did not refuse the sign-in details.',
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
          code: 'redirect_elsewhere',
          detail: 'We do not follow redirects to other hosts with your secret.',
        }
      : { code: 'redirect', detail: 'The server names another path for this. Try that one.' }
  }
  const code = `http_${status}`
  const known = sentences[status]
  if (known !== undefined) return { code, detail: known }
  return {
    code,
    detail:
      status >= 500
        ? 'The server has a fault of its own. Try again later.'
        : 'The server did not accept this request. Try another path or method.',
  }
}

const sentences: Readonly<Record<number, string>> = {
  401: 'The server does not accept who is calling.',
  403: 'The server does not allow this.',
  404: 'Signed in or not, this path does not exist. Try another path.',
  429: 'The server wants fewer requests. Try again later.',
}

function leadsElsewhere(location: string | undefined, origin: string): boolean {
  if (location === undefined || !URL.canParse(location, origin)) return false
  return new URL(location, origin).origin !== origin
}

/** To a tenth of a millisecond. */
export function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10
}
