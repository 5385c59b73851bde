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
