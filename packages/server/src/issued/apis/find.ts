import type { Reader, Writer } from '../../store/open.ts'
import { type ApiSummary, selectAllApis, selectApiSummary, selectGranted } from './rows.ts'

/** Returns an API that the organization can use; undefined when it does not exist or is not granted. */
export async function findApi(
  db: Reader | Writer,
  organizationId: string,
  id: string,
): Promise<ApiSummary | undefined> {
  return selectApiSummary(db, organizationId, id)
}

// Callers only need to know whether there is exactly one: two suffice, plus the built-in API.
const LIMIT = 3

/** Returns APIs that the organization can use, except the built-in one. At most three. */
export async function findGrantableApis(
  db: Reader | Writer,
  organizationId: string,
): Promise<readonly ApiSummary[]> {
  const all = { q: undefined, slug: undefined, after: undefined }
  const apis = await selectGranted(db, organizationId, { ...all, limit: LIMIT })
  return apis.filter((api) => !api.builtIn)
}

/** Returns the ids of all APIs whose permission table contains a scope. */
export async function findApiIdsByScope(
  db: Reader | Writer,
  scope: string,
): Promise<readonly string[]> {
  const apis = await selectAllApis(db)
  return apis.filter((api) => api.scopes.includes(scope)).map((api) => api.id)
}
