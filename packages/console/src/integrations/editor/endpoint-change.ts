import type { Connection, Integration } from '../integration.ts'
import type { CredentialInput, Draft } from './draft.ts'
import { endpointsDiffer } from './endpoint.ts'
import { integrationBody } from './request.ts'
import type { Row } from './rows.ts'

/** Returns whether the draft changes the endpoint for which the secrets were stored. */
export function hasEndpointChanged(base: Integration | undefined, draft: Draft): boolean {
  if (base === undefined) return false
  const { baseUrl, auth } = integrationBody(draft, base.auth)
  return endpointsDiffer(base, { baseUrl, auth: { ...auth } })
}

/** Returns the stored connection, without secrets if the endpoint changed. */
export function keptConnection(
  connection: Connection | undefined,
  isEndpointChanged: boolean,
): Connection | undefined {
  return connection !== undefined && isEndpointChanged ? { ...connection, secrets: [] } : connection
}

/** Returns the input, with no stored rows if the endpoint changed. */
export function keptInput(
  credentials: CredentialInput,
  isEndpointChanged: boolean,
): CredentialInput {
  return isEndpointChanged
    ? {
        ...credentials,
        entries: withoutStored(credentials.entries),
        headers: withoutStored(credentials.headers),
      }
    : credentials
}

function withoutStored(rows: readonly Row[]): readonly Row[] {
  return rows.map((row) => ({ ...row, isStored: false }))
}
