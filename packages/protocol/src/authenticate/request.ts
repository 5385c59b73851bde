/** One header line; names keep their spelling, and compare without regard to case (RFC 9110 §5.1). */
export type Header = { readonly name: string; readonly value: string }

/** The body of a request that is about to be signed. */
export type OutgoingBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** Only its SHA-256 is known, in lower-case hexadecimal. */
  | { readonly kind: 'digest'; readonly sha256: string }
  /** It passes by, and nobody has seen it whole. */
  | { readonly kind: 'stream' }

/** A request on its way out, exactly as it will stand on the wire. */
export type OutgoingRequest = {
  /** Upper case. */
  readonly method: string
  /** Scheme, host and, unless it is the scheme's own, port: `https://api.example.com`. Lower case. */
  readonly origin: string
  /** The path as sent, percent-encoded, with a slash in front. */
  readonly path: string
  /** The query as sent, without its question mark; empty where there is none. */
  readonly query: string
  /** Without Host and Content-Length, which follow from the rest. */
  readonly headers: readonly Header[]
  readonly body: OutgoingBody
}

/** What signing takes from the world: given, so that it can be repeated, and works wherever this runs. */
export type SigningContext = {
  readonly sha256: (data: string | Uint8Array) => Uint8Array
  readonly hmacSha256: (key: Uint8Array, data: string | Uint8Array) => Uint8Array
  /** The same in lower-case hexadecimal, where that costs less than bytes do. */
  readonly sha256Hex?: ((data: string | Uint8Array) => string) | undefined
  readonly hmacSha256Hex?: ((key: Uint8Array, data: string | Uint8Array) => string) | undefined
  /**
   * Keeps a derived key for as long as the caller likes; by default it is derived each time. The name tells
   * apart what differs, and holds no secret.
   */
  readonly cachedKey?: ((name: string, derive: () => Uint8Array) => Uint8Array) | undefined
  readonly nowMs: number
  /** A fresh nonce: at least 128 random bits, letters, digits, `-` and `_` alone. */
  readonly nonce: () => string
}

/** What was signed, for people who look for the difference. Holds no secret but what is in the headers to send. */
export type Explanation = {
  /** SigV4's canonical request; for a scheme that has none, what is signed, in one text. */
  readonly canonicalRequest: string
  readonly stringToSign: string
}

/** A request with what signs it in. */
export type AuthenticatedRequest = {
  /** The path to send: the one given, or another spelling of it, where a signature knows only one. */
  readonly path: string
  /** The query to send, which an API key may have been added to. */
  readonly query: string
  /** Every header to send, in order; without Host and Content-Length. */
  readonly headers: readonly Header[]
  /** Texts that stand in it and must not be shown to the caller, nor be passed back by an echo. */
  readonly secrets: readonly string[]
  readonly explanation: Explanation | undefined
}

/** Why a request cannot be signed as it stands; the text names no value. */
export class SigningError extends Error {
  override readonly name = 'AttachError'
}
