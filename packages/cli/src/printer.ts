import { type Host, writeOut } from './host.ts'

/** The output format. */
export type Format = 'text' | 'json' | 'quiet'

/** Prints results to standard output and messages to standard error. */
export type Printer = {
  readonly format: Format
  /** Prints an aligned table at a terminal, else one line of tab-separated cells per row. */
  readonly table: (header: readonly string[], rows: readonly (readonly string[])[]) => Promise<void>
  /** Prints the fields of one resource. */
  readonly record: (fields: readonly (readonly [string, string])[]) => Promise<void>
  readonly json: (value: unknown) => Promise<void>
  /** Prints a JSON value on one line. */
  readonly jsonLine: (value: unknown) => Promise<void>
  readonly line: (text: string) => Promise<void>
  /** Prints a message to standard error. */
  readonly message: (text: string) => void
}

/** Creates the printer of a command. */
export function createPrinter({ stdout, stderr }: Host, format: Format): Printer {
  const isTerminal = stdout.isTTY === true
  const lines = async (rows: readonly (readonly string[])[]): Promise<void> => {
    const shown = rows.map((row) => row.map(plain))
    const text = isTerminal ? align(shown) : shown.map((row) => row.join('\t'))
    await writeOut(stdout, text.map((line) => `${line}\n`).join(''))
  }
  return {
    format,
    table: (header, rows) =>
      lines(isTerminal ? [header.map((name) => name.toUpperCase()), ...rows] : rows),
    record: (fields) => lines(fields),
    json: (value) => writeOut(stdout, `${JSON.stringify(value, null, 2)}\n`),
    jsonLine: (value) => writeOut(stdout, `${JSON.stringify(value)}\n`),
    line: (text) => writeOut(stdout, `${plain(text)}\n`),
    message: (text) => void stderr.write(`${text}\n`),
  }
}

/** Replaces control characters, which could move the cursor or start another cell. */
function plain(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ')
}

function align(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, lengthOf(cell))
  }
  return rows.map((row) =>
    row
      .map((cell, column) => `${cell}${' '.repeat((widths[column] ?? 0) - lengthOf(cell))}`)
      .join('  ')
      .trimEnd(),
  )
}

function lengthOf(text: string): number {
  return Array.from(text).length
}
