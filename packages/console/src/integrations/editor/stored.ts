import type { Connection, Integration } from '../integration.ts'
import { leadsElsewhere } from './address.ts'
import type { Draft, Values } from './draft.ts'
import { integrationBody } from './request.ts'
import type { Row } from './rows.ts'

/** Returns whether the draft changes the endpoint for which the secrets were stored. */
export function hasMoved(base: Integration | undefined, draft: Draft): boolean {
  if (base === undefined) return false
  const { baseUrl, auth } = integrationBody(draft, base.auth)
  return leadsElsewhere(base, { baseUrl, auth: { ...auth } })
}

/** Returns the stored connection, without secrets if the endpoint changed. */
export function storedAt(
  connection: Connection | undefined,
  isMoved: boolean,
): Connection | undefined {
  return connection !== undefined && isMoved ? { ...connection, secrets: [] } : connection
}

/** Returns the input, with no stored rows if the endpoint changed. */
export function valuesAt(values: Values, isMoved: boolean): Values {
  return isMoved
    ? { ...values, entries: forget(values.entries), headers: forget(values.headers) }
    : values
}

function forget(rows: readonly Row[]): readonly Row[] {
  return rows.map((row) => ({ ...row, isStored: false }))
}
