/** A value of a table: an instant is written as a text, a missing one as nothing. */
export type CsvCell = string | number | null

/** Begins a formula in Excel, LibreOffice or Google Sheets (ASVS 5.0 1.2.10), full-width forms included. */
const FORMULA = /^[=+\-@\t\r\n\0＝＋－＠]/
const NEEDS_QUOTES = /[",;\t\r\n]|^\s|\s$/

/**
 * A line of CSV (RFC 4180) that no spreadsheet takes for a formula: a cell that would begin one has `'`
 * before it.
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
