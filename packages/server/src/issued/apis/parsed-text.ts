/** Why a text was not read: a code, and a sentence with the place, but with nothing of the text. */
export type TextFault = { readonly code: string; readonly detail: string }

/** The value of a text, or why it has none. */
export type ParsedText =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'fault'; readonly fault: TextFault }

/** Levels of arrays and objects that a document may have, in JSON and YAML alike. */
export const DEPTH_MAX = 256

/** What one value of a parsed document takes at most, an object with a name of its own; measured. */
export const BYTES_PER_VALUE = 200
