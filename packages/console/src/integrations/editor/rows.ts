/** A name and a value, as two fields hold them. */
export type Row = {
  /** Tells rows apart while they are typed into. */
  readonly key: number
  readonly name: string
  readonly value: string
  readonly isSecret: boolean
  /** Whether a secret value is stored for it: left empty, it stays. */
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

/** The headers that an integration or a connection has, as rows. */
export function rowsOfHeaders(headers: readonly ShownHeader[]): readonly Row[] {
  return headers.map(({ name, value, secret }) =>
    newRow({ name, value: value ?? '', isSecret: secret, isStored: secret }),
  )
}

/** Rows as the API takes headers; null keeps what is stored. Rows without anything in them are none. */
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
