import type { Context } from '../../kernel/context.ts'
import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'
import { containsPattern, isLikeIgnoringCase } from '../../store/text-search.ts'
import { type Features, type Policy, parseFeatures, parsePolicy } from './rules.ts'

/** A stored organization. Times are Unix time in milliseconds. */
export type Organization = {
  readonly id: string
  readonly name: string
  readonly slug: string
  /** Whether this organization runs the installation. Exactly one does. */
  readonly operator: boolean
  readonly features: Features
  readonly policy: Policy
  readonly createdAt: number
  readonly updatedAt: number
  readonly version: number
}

/** Returns the organization with this id. */
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

/** Returns the features of the context's organization. */
export async function findFeatures({
  db,
  organizationId,
}: Pick<Context, 'db' | 'organizationId'>): Promise<Features | undefined> {
  return (await findOrganization(db, organizationId))?.features
}

/** Returns the credential policy of an organization. */
export async function findPolicy(
  db: Reader | Writer,
  organizationId: string,
): Promise<Policy | undefined> {
  return (await findOrganization(db, organizationId))?.policy
}

/** Returns the operator. Undefined before setup. */
export async function findOperator(db: Reader | Writer): Promise<Organization | undefined> {
  const row = await db
    .selectFrom('organizations')
    .selectAll()
    .where('operator', '=', 1)
    .executeTakeFirst()
  return row === undefined ? undefined : fromRow(row)
}

/** Filter and position of a page of organizations. */
export type OrganizationFilter = {
  /** Limits the page to one organization. */
  readonly onlyId: string | undefined
  readonly q: string | undefined
  /** The last id of the previous page. */
  readonly after: string | undefined
  readonly limit: number
}

/** Returns a page of organizations, oldest first. */
export async function selectOrganizations(
  db: Reader,
  { onlyId, q, after, limit }: OrganizationFilter,
): Promise<readonly Organization[]> {
  let query = db.selectFrom('organizations').selectAll().orderBy('id').limit(limit)
  if (onlyId !== undefined) query = query.where('id', '=', onlyId)
  if (after !== undefined) query = query.where('id', '>', after)
  if (q !== undefined && q !== '') {
    query = query.where(({ or, ref }) =>
      or([
        isLikeIgnoringCase(ref('name'), containsPattern(q)),
        isLikeIgnoringCase(ref('slug'), containsPattern(q)),
        isLikeIgnoringCase(ref('id'), containsPattern(q)),
      ]),
    )
  }
  return (await query.execute()).map(fromRow)
}

/** Inserts an organization. Returns false when the slug is taken, or when a second operator is inserted. */
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

/** Returns whether another organization has the slug. */
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

/** Replaces the previous version. Returns false when the row no longer has that version. */
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
 * Locks an organization until the transaction ends. Serializes decisions that depend on several rows.
 * A no-op update locks its row on both engines.
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
