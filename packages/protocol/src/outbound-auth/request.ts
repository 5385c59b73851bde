/** One header. Names are case-insensitive (RFC 9110 §5.1) and keep their spelling. */
export type Header = { readonly name: string; readonly value: string }

/** The body of an outgoing request. */
export type OutgoingBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** Only the SHA-256 is known, in lowercase hexadecimal. */
  | { readonly kind: 'digest'; readonly sha256: string }
  /** The body is streamed, so neither bytes nor digest are known. */
  | { readonly kind: 'stream' }

/** An outgoing request in the form in which it is sent. */
export type OutgoingRequest = {
  /** In upper case. */
  readonly method: string
  /** Scheme, host and non-default port in lower case: `https://api.example.com`. */
  readonly origin: string
  /** The percent-encoded path, with a leading slash. */
  readonly path: string
  /** The encoded query without the question mark. May be empty. */
  readonly query: string
  /** Without Host and Content-Length, which the HTTP client sets. */
  readonly headers: readonly Header[]
  readonly body: OutgoingBody
}

/** The cryptography, the time and the random source of a signature. */
export type SigningContext = {
  readonly sha256: (data: string | Uint8Array) => Uint8Array
  readonly hmacSha256: (key: Uint8Array, data: string | Uint8Array) => Uint8Array
  /** Optional: the digests in lowercase hexadecimal, for platforms where this is faster. */
  readonly sha256Hex?: ((data: string | Uint8Array) => string) | undefined
  readonly hmacSha256Hex?: ((key: Uint8Array, data: string | Uint8Array) => string) | undefined
  /** Optional: returns the HMAC-SHA-1, for OAuth 1.0. */
  readonly hmacSha1?: ((key: Uint8Array, data: string) => Uint8Array) | undefined
  /** Optional: returns the Ed25519 signature (RFC 8032 §5.1.6) with this private key of 32 bytes. */
  readonly signEd25519?: ((privateKey: Uint8Array, data: string) => Uint8Array) | undefined
  /**
   * Optional: returns the cached key of this name, or derives and caches it. The name identifies the key
   * and contains no secret.
   */
  readonly cachedKey?: ((name: string, derive: () => Uint8Array) => Uint8Array) | undefined
  readonly nowMs: number
  /** Returns a new nonce: at least 128 random bits, in letters, digits, `-` and `_`. */
  readonly nonce: () => string
}

/** The signed texts, for debugging. Contain no secret other than secrets in the headers. */
export type Explanation = {
  /** The canonical request of SigV4. For other schemes the same as `stringToSign`. */
  readonly canonicalRequest: string
  readonly stringToSign: string
}

/** A request with its credentials or signature. */
export type AuthenticatedRequest = {
  /** The path to send. Some schemes change its encoding. */
  readonly path: string
  /** The query to send. May include the API key or the signature. */
  readonly query: string
  /** Every header to send, without Host and Content-Length. */
  readonly headers: readonly Header[]
  /** Secret texts in the request. Redact them in responses and logs. */
  readonly secrets: readonly string[]
  readonly explanation: Explanation | undefined
}

/** A request cannot be authenticated. The message contains no secret. */
export class SigningError extends Error {
  override readonly name = 'SigningError'
}
