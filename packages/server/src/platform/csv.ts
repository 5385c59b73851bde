/** A cell. Instants are RFC 3339 strings; null is an empty cell. */
export type CsvCell = string | number | null

/**
 * The first character of a formula in Excel, LibreOffice or Google Sheets, with full-width forms
 * (ASVS 5.0 1.2.10).
 */
const FORMULA = /^[=+\-@\t\r\n\0＝＋－＠]/
const NEEDS_QUOTES = /[",;\t\r\n]|^\s|\s$/

/**
 * Returns a line of CSV (RFC 4180). A cell that a spreadsheet would run as a formula is prefixed
 * with `'`.
 */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(value: CsvCell): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const safe = FORMULA.test(value) ? `'${value}` : value
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
