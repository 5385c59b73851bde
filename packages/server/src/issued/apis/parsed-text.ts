/** The reason for rejecting a text. `detail` contains the position, but no part of the text. */
export type TextFault = { readonly code: string; readonly detail: string }

/** The result of parsing a text. */
export type ParsedText =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'fault'; readonly fault: TextFault }

/** The maximum nesting depth of a document, in JSON and YAML. */
export const DEPTH_MAX = 256

/** The maximum memory for one parsed value, measured with single-member objects. */
export const BYTES_PER_VALUE = 200
