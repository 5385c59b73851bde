import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'
import { containing, isLikeInLowerCase } from '../../store/text-search.ts'
import { type Features, type Policy, parseFeatures, parsePolicy } from './rules.ts'

/** An organization as the store keeps it. */
export type Organization = {
  readonly id: string
  readonly name: string
  readonly slug: string
  /** Whether it is the company that runs this Keyporter; exactly one is. */
  readonly operator: boolean
  readonly features: Features
  readonly policy: Policy
  readonly createdAt: number
  readonly updatedAt: number
  readonly version: number
}

/** The organization with this id; undefined when there is none. */
export async function findOrganization(
  db: Reader | Writer,
  organizationId: string,
): Promise<Organization | undefined> {
  const row = await db
    .selectFrom('organizations')
    .selectAll()
    .where('id', '=', organizationId)
    .executeTakeFirst()
  return row === undefined ? undefined : fromRow(row)
}

/** The operator; undefined before the first start is over. */
export async function findOperator(db: Reader | Writer): Promise<Organization | undefined> {
  const row = await db
    .selectFrom('organizations')
    .selectAll()
    .where('operator', '=', 1)
    .executeTakeFirst()
  return row === undefined ? undefined : fromRow(row)
}

/** What a page of organizations is asked with. */
export type OrganizationFilter = {
  /** The only one to be seen; undefined where every one is. */
  readonly only: string | undefined
  readonly q: string | undefined
  /** The id after which the page begins. */
  readonly after: string | undefined
  readonly limit: number
}

/** Organizations in the order of their creation. */
export async function selectOrganizations(
  db: Reader,
  { only, q, after, limit }: OrganizationFilter,
): Promise<readonly Organization[]> {
  let query = db.selectFrom('organizations').selectAll().orderBy('id').limit(limit)
  if (only !== undefined) query = query.where('id', '=', only)
  if (after !== undefined) query = query.where('id', '>', after)
  if (q !== undefined && q !== '') {
    query = query.where(({ or, ref }) =>
      or([
        isLikeInLowerCase(ref('name'), containing(q)),
        isLikeInLowerCase(ref('slug'), containing(q)),
        isLikeInLowerCase(ref('id'), containing(q)),
      ]),
    )
  }
  return (await query.execute()).map(fromRow)
}

/** Adds an organization. False when its slug is taken, or when there is an operator already. */
export async function insertOrganization(tx: Writer, organization: Organization): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('organizations')
    .values({
      ...organization,
      operator: organization.operator ? 1 : 0,
      features: JSON.stringify(organization.features),
      policy: JSON.stringify(organization.policy),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Whether an organization other than the given one has the slug. */
export async function isSlugTaken(
  tx: Writer,
  slug: string,
  organizationId: string,
): Promise<boolean> {
  const row = await tx
    .selectFrom('organizations')
    .select('id')
    .where('slug', '=', slug)
    .where('id', '!=', organizationId)
    .executeTakeFirst()
  return row !== undefined
}

/** Writes a new state over the version before it. False when that version is gone. */
export async function updateOrganizationRow(
  tx: Writer,
  { id, name, slug, features, policy, updatedAt, version }: Organization,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('organizations')
    .set({
      name,
      slug,
      features: JSON.stringify(features),
      policy: JSON.stringify(policy),
      updatedAt,
      version,
    })
    .where('id', '=', id)
    .where('version', '=', version - 1)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/**
 * Makes the transactions that call it for one organization follow one another, to their ends: for
 * decisions that depend on several rows. An update that changes nothing locks its row on every engine.
 */
export async function lockOrganization(tx: Writer, organizationId: string): Promise<void> {
  await tx
    .updateTable('organizations')
    .set(({ ref }) => ({ version: ref('version') }))
    .where('id', '=', organizationId)
    .execute()
}

function fromRow(row: Tables['organizations']): Organization {
  return {
    id: row.id,
    name: row.name,
    slug: row.slug,
    operator: row.operator === 1,
    features: parseFeatures(row.features),
    policy: parsePolicy(row.policy),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    version: row.version,
  }
}
