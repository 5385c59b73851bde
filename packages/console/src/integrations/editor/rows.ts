/** A row with a name and a value field. */
export type Row = {
  /** The React key. */
  readonly key: number
  readonly name: string
  readonly value: string
  readonly isSecret: boolean
  /** Whether a secret value is stored. An empty field keeps it. */
  readonly isStored: boolean
}

let lastKey = 0

export function newRow(given: Partial<Omit<Row, 'key'>> = {}): Row {
  lastKey += 1
  return { name: '', value: '', isSecret: false, isStored: false, ...given, key: lastKey }
}

type ShownHeader = {
  readonly name: string
  readonly value: string | null
  readonly secret: boolean
}

/** Converts headers to rows. */
export function rowsOfHeaders(headers: readonly ShownHeader[]): readonly Row[] {
  return headers.map(({ name, value, secret }) =>
    newRow({ name, value: value ?? '', isSecret: secret, isStored: secret }),
  )
}

/** Converts rows to headers; null keeps a stored value. Empty rows are dropped. */
export function headersOfRows(rows: readonly Row[]) {
  return rows.filter(isFilled).map(({ name, value, isSecret, isStored }) => ({
    name: name.trim(),
    value: isSecret && isStored && value === '' ? null : value.trim(),
    secret: isSecret,
  }))
}

export function isFilled({ name, value, isStored }: Row): boolean {
  return name.trim() !== '' || value !== '' || isStored
}
