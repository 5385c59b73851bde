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

/** Returns the line and column of an offset, starting from 1. Columns count UTF-16 code units. */
export function describePosition(text: string, offset: number): string {
  let line = 1
  let lineStart = 0
  for (let index = 0; index < offset; index += 1) {
    if (!endsLine(text, index)) continue
    line += 1
    lineStart = index + 1
  }
  return `line ${line}, column ${Math.max(offset - lineStart, 0) + 1}`
}

/** Line breaks are LF, CR LF and CR. */
function endsLine(text: string, index: number): boolean {
  const unit = text.charCodeAt(index)
  return unit === 0x0a || (unit === 0x0d && text.charCodeAt(index + 1) !== 0x0a)
}
