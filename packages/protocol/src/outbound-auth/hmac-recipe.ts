/** One part of the signed text. */
export type HmacPart =
  | { readonly part: 'literal'; readonly text: string }
  | { readonly part: 'method'; readonly case?: 'upper' | 'lower' }
  | { readonly part: 'host'; readonly port?: 'always' | 'never' | 'unless_default' }
  | { readonly part: 'path'; readonly form?: 'raw' | 'decoded' }
  | { readonly part: 'query'; readonly form?: 'raw' | 'sorted'; readonly mark?: boolean }
  | { readonly part: 'header'; readonly name: string; readonly case?: 'lower' }
  | { readonly part: 'timestamp' }
  | { readonly part: 'nonce' }
  | { readonly part: 'client_id' }
  | { readonly part: 'body' }
  | { readonly part: 'body_sha256'; readonly encoding?: 'hex' | 'base64' }

/** A custom HMAC scheme: the signed text, the key encoding and the placement of the signature. */
export type HmacRecipe = {
  readonly parts: readonly HmacPart[]
  readonly separator: string
  /** Whether to add the separator after the last part. */
  readonly trailingSeparator?: boolean | undefined
  readonly timestamp?: 'seconds' | 'milliseconds' | 'iso8601' | 'http_date' | undefined
  readonly key?: 'utf8' | 'hex' | 'base64' | undefined
  readonly output?: 'hex' | 'hex_upper' | 'base64' | 'base64url' | undefined
  /**
   * Headers to set. Values can contain `{signature}`, `{timestamp}`, `{nonce}`, `{client_id}` and
   * `{body_sha256}`.
   */
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  /** The query parameter for the signature, for schemes without a signature header. */
  readonly queryParameter?: string | undefined
}
