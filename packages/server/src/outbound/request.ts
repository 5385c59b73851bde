import type { Readable } from 'node:stream'

/** A request to the outside. The only door out of this program. */
export type OutboundRequest = {
  /** Any but CONNECT and TRACE. */
  readonly method: string
  /** Scheme, host and port, as `URL.origin` writes them. */
  readonly origin: string
  /** Path and query as they go on the wire; begins with a slash. */
  readonly target: string
  /** Host, Content-Length and hop-by-hop headers are the door's own: what stands here of them is dropped. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** A stream is destroyed when the exchange fails, and the memory of its pieces is gone once they are sent. */
  readonly body: Uint8Array | Readable | null
  /** Of a stream, where it is known. */
  readonly contentLength?: number | undefined
  /** Ends the exchange, body included. */
  readonly signal?: AbortSignal | undefined
  readonly limits?: Partial<OutboundLimits> | undefined
  /** Told of each step as it is done, over a connection of its own: for people who look for the fault. */
  readonly onStep?: ((step: OutboundStep) => void) | undefined
}

/** Times in milliseconds, sizes in bytes. */
export type OutboundLimits = {
  /** Until the name is found, and then until the connection, TLS included, stands. 5 s unless given. */
  readonly connectMs: number
  /** Until the head of the answer is here. 30 s unless given. */
  readonly headMs: number
  /** Between two pieces of the answer's body. 30 s unless given. */
  readonly idleMs: number
  /** Of the answer's body, after which it is cut off with an error. Unlimited unless given. */
  readonly bodyBytesMax: number
}

/** A step that was made: the address was found and allowed, TLS stands. */
export type OutboundStep =
  | { readonly step: 'address'; readonly milliseconds: number; readonly address: string }
  | {
      readonly step: 'tls'
      readonly milliseconds: number
      /** Of the certificate. */
      readonly validToMs: number
    }

/** The head of an answer and its body, which is never decoded. */
export type OutboundResponse = {
  readonly status: number
  /** Without hop-by-hop headers; repeated ones stand as often as they came. Names as they came, one byte a character. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** The body, where all of it came along with the head, as short ones do. */
  readonly completeBody: Buffer | undefined
  /** The body in any case; where it is not whole it must be read or destroyed. */
  readonly body: Readable
}
