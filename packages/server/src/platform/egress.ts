import type { Readable } from 'node:stream'

/** A request to the outside. The only door out of this program. */
export type EgressRequest = {
  readonly method: string
  /** Scheme, host and port, as `URL.origin` writes them. */
  readonly origin: string
  /** Path and query as they go on the wire; begins with a slash. */
  readonly target: string
  /** Without Host, Content-Length and hop-by-hop headers: those are the door's own. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array | Readable | null
  /** Of a stream, where it is known. */
  readonly contentLength?: number | undefined
  /** Ends the exchange, body included. */
  readonly signal?: AbortSignal | undefined
  readonly limits?: Partial<EgressLimits> | undefined
  /** Told of each step as it is done: for people who look for the fault. */
  readonly onStep?: ((step: EgressStep) => void) | undefined
}

/** Times in milliseconds, sizes in bytes. */
export type EgressLimits = {
  /** Until the connection, TLS included, stands. 5 s unless given. */
  readonly connectMs: number
  /** Until the head of the answer is here. 30 s unless given. */
  readonly headMs: number
  /** Between two pieces of the answer's body. 30 s unless given. */
  readonly idleMs: number
  /** Of the answer's body, after which it is cut off with an error. Unlimited unless given. */
  readonly bodyBytesMax: number
}

/** A step that was made: the address was found and allowed, TLS stands. */
export type EgressStep =
  | { readonly step: 'address'; readonly milliseconds: number; readonly address: string }
  | {
      readonly step: 'tls'
      readonly milliseconds: number
      /** Of the certificate. */
      readonly validToMs: number
    }

/** The head of an answer and its body, which is never decoded. */
export type EgressAnswer = {
  readonly status: number
  /** Without hop-by-hop headers; repeated ones stand as often as they came. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Must be read or destroyed. */
  readonly body: Readable
}

/** Why nothing came back. */
export type EgressFault =
  | 'address_not_allowed'
  | 'name_not_found'
  | 'connection_refused'
  | 'certificate_expired'
  | 'certificate_not_trusted'
  | 'certificate_wrong_name'
  | 'tls_failed'
  | 'timed_out'
  | 'hung_up'
  | 'too_large'
  | 'malformed_answer'

/** A call that failed; the text is fixed for each fault and holds nothing of the request. */
export class EgressError extends Error {
  override readonly name = 'EgressError'
  readonly fault: EgressFault
  constructor(fault: EgressFault, options?: ErrorOptions) {
    super(`The call failed: ${fault}`, options)
    this.fault = fault
  }
}

/** The guarded way out: see {@link EgressRequest}. Follows no redirect, keeps no cookie, uses no proxy. */
export type Egress = {
  /** @throws {EgressError} */
  readonly send: (request: EgressRequest) => Promise<EgressAnswer>
  /**
   * Judges an address as it is written, without looking anything up: for what people type in.
   * Undefined when it may be called, as far as that can be said.
   */
  readonly judge: (url: string) => EgressRefusal | undefined
  readonly close: () => Promise<void>
}

/** Why an address is refused: a word for programs, a sentence for people. */
export type EgressRefusal = { readonly code: string; readonly detail: string }

/** Makes the way out; `allowed` are the hosts and networks that may be called although private. */
export function createEgress(_allowed: readonly string[]): Egress {
  return {
    send: async () => {
      throw new EgressError('address_not_allowed')
    },
    judge: () => ({ code: 'not_built', detail: 'Calls to the outside are not there yet.' }),
    close: async () => undefined,
  }
}
