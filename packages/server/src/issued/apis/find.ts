import type { Reader, Writer } from '../../store/open.ts'
import { type ApiSummary, selectAllApis, selectApiSummary, selectGranted } from './rows.ts'

/** The api with this id, where the organization may use it; absence and foreignness look the same. */
export async function findApi(
  db: Reader | Writer,
  organizationId: string,
  id: string,
): Promise<ApiSummary | undefined> {
  return selectApiSummary(db, organizationId, id)
}

// Two are enough to know that a choice must be made; one more may be the built-in api.
const ENOUGH = 3

/** The apis but the built-in one that an organization may use; where there are many, only some. */
export async function findGrantableApis(
  db: Reader | Writer,
  organizationId: string,
): Promise<readonly ApiSummary[]> {
  const all = { q: undefined, slug: undefined, after: undefined }
  const apis = await selectGranted(db, organizationId, { ...all, limit: ENOUGH })
  return apis.filter((api) => !api.builtIn)
}

/** The ids of the apis whose tables have a scope now, whoever they are granted to. */
export async function findApisListing(
  db: Reader | Writer,
  scope: string,
): Promise<readonly string[]> {
  const apis = await selectAllApis(db)
  return apis.filter((api) => api.scopes.includes(scope)).map((api) => api.id)
}
