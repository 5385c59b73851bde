/** A part of what is signed. */
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

/** How a vendor's HMAC is made, where no scheme of ours is theirs. */
export type HmacRecipe = {
  readonly parts: readonly HmacPart[]
  readonly separator: string
  /** Whether the separator stands behind the last part, too. */
  readonly trailingSeparator?: boolean | undefined
  readonly timestamp?: 'seconds' | 'milliseconds' | 'iso8601' | 'http_date' | undefined
  readonly key?: 'utf8' | 'hex' | 'base64' | undefined
  readonly output?: 'hex' | 'hex_upper' | 'base64' | 'base64url' | undefined
  /**
   * Headers to set, after the method of `{signature}`, `{timestamp}`, `{nonce}`, `{client_id}` and
   * `{body_sha256}` in their values.
   */
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  /** A query parameter that takes the signature, where it stands in no header. */
  readonly queryParameter?: string | undefined
}
