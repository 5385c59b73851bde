import { type CsvCell, csvLine } from '../../platform/csv.ts'
import type { CredentialResource } from './presenter.ts'

/**
 * The columns of the CSV, named as in the API. `scope` is omitted because it repeats `permissions`. The hints of
 * secrets are omitted because export files are often shared.
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

/** The header line, with a byte order mark: spreadsheets need it to detect UTF-8. */
export const csvHeader = `\uFEFF${csvLine(Object.keys(columns))}`

/** Returns a credential as a CSV line. */
export function csvOfCredential(credential: CredentialResource): string {
  return csvLine(Object.values(columns).map((read) => read(credential)))
}
