import { type CsvCell, csvLine } from '../../platform/csv.ts'
import type { CredentialResource } from './presenter.ts'

/**
 * The columns of the CSV, and the fact of each, named as the API names it. `scope` says what `permissions`
 * say; the secrets' hints have no place in a file that is passed around.
 */
const columns: Readonly<Record<string, (credential: CredentialResource) => CsvCell>> = {
  id: ({ id }) => id,
  clientId: ({ clientId }) => clientId,
  name: ({ name }) => name,
  notes: ({ notes }) => notes,
  status: ({ status }) => status,
  environment: ({ environment }) => environment,
  kind: ({ kind }) => kind,
  permissions: ({ permissions }) => permissions.join(' '),
  createdAt: ({ createdAt }) => createdAt,
  createdByType: ({ createdBy }) => createdBy.type,
  createdById: ({ createdBy }) => createdBy.id,
  createdByName: ({ createdBy }) => createdBy.name,
  updatedAt: ({ updatedAt }) => updatedAt,
  expiresAt: ({ expiresAt }) => expiresAt,
  revokedAt: ({ revokedAt }) => revokedAt,
  revokedByType: ({ revokedBy }) => revokedBy?.type ?? null,
  revokedById: ({ revokedBy }) => revokedBy?.id ?? null,
  revokedByName: ({ revokedBy }) => revokedBy?.name ?? null,
  revokedReason: ({ revokedReason }) => revokedReason,
  endedAt: ({ endedAt }) => endedAt,
  activeSeconds: ({ activeSeconds }) => activeSeconds,
  lastUsedAt: ({ lastUsedAt }) => lastUsedAt,
  lastUsedFrom: ({ lastUsedFrom }) => lastUsedFrom,
  warnings: ({ warnings }) => warnings.join(' '),
  organizationId: ({ organizationId }) => organizationId,
  apiId: ({ apiId }) => apiId,
  apiIdentifier: ({ apiIdentifier }) => apiIdentifier,
  issuer: ({ issuer }) => issuer,
  tokenUrl: ({ tokenUrl }) => tokenUrl,
}

/** The first line. The byte order mark before it tells spreadsheets that UTF-8 follows. */
export const csvHeader = `\uFEFF${csvLine(Object.keys(columns))}`

/** One credential as a line of CSV. */
export function csvOfCredential(credential: CredentialResource): string {
  return csvLine(Object.values(columns).map((fact) => fact(credential)))
}
