import { type Host, writeOut } from './host.ts'

/** How results are shown. */
export type Format = 'text' | 'json' | 'quiet'

/** Shows results on the standard output, and everything else on the standard error. */
export type Printer = {
  readonly format: Format
  /** A table for people; one line of tab-separated cells for each row when it goes elsewhere. */
  readonly table: (header: readonly string[], rows: readonly (readonly string[])[]) => Promise<void>
  /** Names and values of one thing. */
  readonly facts: (facts: readonly (readonly [string, string])[]) => Promise<void>
  readonly json: (value: unknown) => Promise<void>
  /** One JSON value on a line of its own. */
  readonly jsonLine: (value: unknown) => Promise<void>
  readonly line: (text: string) => Promise<void>
  /** A message for whoever sits there; not part of the result. */
  readonly say: (text: string) => void
}

/** Makes the printer of a command. */
export function createPrinter({ stdout, stderr }: Host, format: Format): Printer {
  const toPeople = stdout.isTTY === true
  const lines = async (rows: readonly (readonly string[])[]): Promise<void> => {
    const shown = rows.map((row) => row.map(plain))
    const text = toPeople ? align(shown) : shown.map((row) => row.join('\t'))
    await writeOut(stdout, text.map((line) => `${line}\n`).join(''))
  }
  return {
    format,
    table: (header, rows) =>
      lines(toPeople ? [header.map((name) => name.toUpperCase()), ...rows] : rows),
    facts: (facts) => lines(facts),
    json: (value) => writeOut(stdout, `${JSON.stringify(value, null, 2)}\n`),
    jsonLine: (value) => writeOut(stdout, `${JSON.stringify(value)}\n`),
    line: (text) => writeOut(stdout, `${plain(text)}\n`),
    say: (text) => void stderr.write(`${text}\n`),
  }
}

/** Nothing in a name or a note moves the cursor or begins another cell. */
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
