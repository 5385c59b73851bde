import type { Readable } from 'node:stream'

/** An outbound request. Every outbound call of the server uses this type. */
export type OutboundRequest = {
  /** Any method except CONNECT and TRACE. */
  readonly method: string
  /** Scheme, host and port, in the form of `URL.origin`. */
  readonly origin: string
  /** Path and query in wire format, with a leading slash. */
  readonly target: string
  /** Host, Content-Length and hop-by-hop headers are dropped: the HTTP client sets its own. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /**
   * A stream is destroyed when the exchange fails. The buffers of its chunks are freed after
   * sending.
   */
  readonly body: Uint8Array | Readable | null
  /** The length of a stream, if known. */
  readonly contentLength?: number | undefined
  /** Aborts the exchange, including the response body. */
  readonly signal?: AbortSignal | undefined
  readonly limits?: Partial<OutboundLimits> | undefined
  /** Called after each step, over a new connection: used by the connection check. */
  readonly onStep?: ((step: OutboundStep) => void) | undefined
}

/** Times in milliseconds, sizes in bytes. */
export type OutboundLimits = {
  /** For the name lookup, and again for the connection including TLS. Default: 5 s. */
  readonly connectMs: number
  /** Until the response headers arrive. Default: 30 s. */
  readonly headMs: number
  /** Between two chunks of the response body. Default: 30 s. */
  readonly idleMs: number
  /** Maximum size of the response body; a larger body ends with `response_too_large`. Default: unlimited. */
  readonly bodyBytesMax: number
}

/** A completed step: the address is resolved and allowed, or the TLS handshake is complete. */
export type OutboundStep =
  | { readonly step: 'address'; readonly milliseconds: number; readonly address: string }
  | {
      readonly step: 'tls'
      readonly milliseconds: number
      /** The end of the certificate's validity. */
      readonly validToMs: number
    }

/** The status, headers and body of a response. The body is never decoded. */
export type OutboundResponse = {
  readonly status: number
  /** In wire order with repeated names, without hop-by-hop headers; decoded as Latin-1. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** The whole body if it arrived together with the headers. Undefined if the body is still arriving. */
  readonly completeBody: Buffer | undefined
  /** The body as a stream. When `completeBody` is undefined, read or destroy the stream. */
  readonly body: Readable
}
