import type { Connection, Integration } from '../integration.ts'
import { leadsElsewhere } from './address.ts'
import type { Draft, Values } from './draft.ts'
import { integrationBody } from './request.ts'
import type { Row } from './rows.ts'

/** Whether what is typed leads to another address than the stored secrets were given for. */
export function hasMoved(base: Integration | undefined, draft: Draft): boolean {
  if (base === undefined) return false
  const { baseUrl, auth } = integrationBody(draft, base.auth)
  return leadsElsewhere(base, { baseUrl, auth: { ...auth } })
}

/** A connection as what is typed may count on it: at another address none of its secrets. */
export function storedAt(
  connection: Connection | undefined,
  isMoved: boolean,
): Connection | undefined {
  return connection !== undefined && isMoved ? { ...connection, secrets: [] } : connection
}

/** The same for what is typed over it. */
export function valuesAt(values: Values, isMoved: boolean): Values {
  return isMoved
    ? { ...values, entries: forget(values.entries), headers: forget(values.headers) }
    : values
}

function forget(rows: readonly Row[]): readonly Row[] {
  return rows.map((row) => ({ ...row, isStored: false }))
}
