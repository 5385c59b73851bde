import { isPrivilege, type Privilege, privilegeNames } from '@keyporter/contract'
import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'
import { containsPattern, isLikeIgnoringCase } from '../../store/text-search.ts'
import { type Preferences, parsePreferences, serializePreferences } from './preferences.ts'

/** A stored member. Times are Unix time in milliseconds. */
export type Member = {
  readonly id: string
  readonly organizationId: string
  readonly email: string
  readonly name: string
  readonly privileges: readonly Privilege[]
  /** Null until the member has chosen a password. */
  readonly passwordHash: string | null
  readonly preferences: Preferences
  /** When two-factor authentication was enabled. Null: not enabled. */
  readonly totpEnabledAt: number | null
  readonly deactivatedAt: number | null
  readonly lastSignedInAt: number | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly version: number
}

/** Returns a member of an organization. */
export async function findMember(
  db: Reader | Writer,
  organizationId: string,
  id: string,
): Promise<Member | undefined> {
  const row = await db
    .selectFrom('members')
    .selectAll()
    .where('organizationId', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row === undefined ? undefined : fromMemberRow(row)
}

/** Filter and position of a page of members. */
export type MemberFilter = {
  readonly q: string | undefined
  /** The last id of the previous page. */
  readonly after: string | undefined
  readonly limit: number
}

/** Returns a page of an organization's members, oldest first. */
export async function selectMembers(
  db: Reader,
  organizationId: string,
  { q, after, limit }: MemberFilter,
): Promise<readonly Member[]> {
  let query = db
    .selectFrom('members')
    .selectAll()
    .where('organizationId', '=', organizationId)
    .orderBy('id')
    .limit(limit)
  if (after !== undefined) query = query.where('id', '>', after)
  if (q !== undefined && q !== '') {
    query = query.where(({ or, ref }) =>
      or([
        isLikeIgnoringCase(ref('name'), containsPattern(q)),
        isLikeIgnoringCase(ref('email'), containsPattern(q)),
      ]),
    )
  }
  return (await query.execute()).map(fromMemberRow)
}

/** Selects the memberships of one e-mail address. */
export type MembershipFilter = {
  readonly email: string
  /** Limits the result to one organization. */
  readonly organizationId: string | undefined
  readonly limit: number
}

/**
 * Returns the members with an e-mail address, the most recent sign-in first. Reads across
 * organizations: only sign-in may use this.
 */
export async function selectMembersByEmail(
  db: Reader,
  { email, organizationId, limit }: MembershipFilter,
): Promise<readonly Member[]> {
  let query = db
    .selectFrom('members')
    .selectAll()
    .where('email', '=', email)
    .orderBy(({ fn, val, ref }) => fn.coalesce(ref('lastSignedInAt'), val(0)), 'desc')
    .orderBy('id')
    .limit(limit)
  if (organizationId !== undefined) query = query.where('organizationId', '=', organizationId)
  return (await query.execute()).map(fromMemberRow)
}

/** Returns the members of an organization who can sign in. */
export async function selectActiveMembers(
  tx: Writer,
  organizationId: string,
): Promise<readonly Member[]> {
  const rows = await tx
    .selectFrom('members')
    .selectAll()
    .where('organizationId', '=', organizationId)
    .where('passwordHash', 'is not', null)
    .where('deactivatedAt', 'is', null)
    .execute()
  return rows.map(fromMemberRow)
}

/** Returns the members of an organization who can sign in and have a privilege. */
export async function selectMembersWithPrivilege(
  db: Reader,
  organizationId: string,
  privilege: Privilege,
): Promise<readonly Member[]> {
  const rows = await db
    .selectFrom('members')
    .selectAll()
    .where('organizationId', '=', organizationId)
    .where('passwordHash', 'is not', null)
    .where('deactivatedAt', 'is', null)
    .where('privileges', 'like', `%"${privilege}"%`)
    .execute()
  return rows.map(fromMemberRow)
}

/** Inserts a member. Returns false when the organization has a member with this e-mail address. */
export async function insertMember(tx: Writer, member: Member): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('members')
    .values({
      ...member,
      privileges: JSON.stringify(member.privileges),
      preferences: serializePreferences(member.preferences),
    })
    .onConflict((conflict) => conflict.columns(['organizationId', 'email']).doNothing())
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Replaces the previous version. Returns false when the row no longer has that version. */
export async function updateMemberRow(
  tx: Writer,
  organizationId: string,
  { id, name, privileges, passwordHash, deactivatedAt, updatedAt, version }: Member,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('members')
    .set({
      name,
      privileges: JSON.stringify(privileges),
      passwordHash,
      deactivatedAt,
      updatedAt,
      version,
    })
    .where('organizationId', '=', organizationId)
    .where('id', '=', id)
    .where('version', '=', version - 1)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/**
 * Replaces the loaded preferences. Returns false when they were changed concurrently. Does not increment
 * the version, because preferences are not part of the member resource.
 */
export async function setPreferences(
  tx: Writer,
  { id, organizationId, preferences }: Member,
  next: Preferences,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('members')
    .set({ preferences: serializePreferences(next) })
    .where('organizationId', '=', organizationId)
    .where('id', '=', id)
    .where('preferences', '=', serializePreferences(preferences))
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/**
 * Locks a member until the transaction ends. Returns false when the row no longer has the loaded
 * version. A no-op update locks its row on both engines.
 */
export async function lockMember(
  tx: Writer,
  organizationId: string,
  { id, version }: Member,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('members')
    .set({ version })
    .where('organizationId', '=', organizationId)
    .where('id', '=', id)
    .where('version', '=', version)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/**
 * Records a sign-in. Returns false when the password or the two-factor setting was changed, or the member
 * was deactivated, after the password was verified.
 */
export async function recordSignIn(
  tx: Writer,
  organizationId: string,
  { id, passwordHash, totpEnabledAt, lastSignedInAt }: Member,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('members')
    .set({ lastSignedInAt })
    .where('organizationId', '=', organizationId)
    .where('id', '=', id)
    .where('passwordHash', '=', passwordHash)
    .where((eb) =>
      totpEnabledAt === null
        ? eb('totpEnabledAt', 'is', null)
        : eb('totpEnabledAt', '=', totpEnabledAt),
    )
    .where('deactivatedAt', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/**
 * Enables or disables two-factor authentication. Returns false when the row no longer has the loaded
 * version.
 */
export async function setTotpEnabled(
  tx: Writer,
  { id, organizationId, version }: Member,
  { enabledAt, nowMs }: { readonly enabledAt: number | null; readonly nowMs: number },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('members')
    .set({ totpEnabledAt: enabledAt, updatedAt: nowMs, version: version + 1 })
    .where('organizationId', '=', organizationId)
    .where('id', '=', id)
    .where('version', '=', version)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** A new password for a member. */
export type NewPassword = {
  readonly id: string
  readonly passwordHash: string
  /** The hash that must still be stored. Undefined or null: any hash is replaced. */
  readonly replaces?: string | null | undefined
  readonly nowMs: number
}

/** Sets a member's password. Returns false when the member is deactivated, or the hash is not `replaces`. */
export async function setPassword(
  tx: Writer,
  organizationId: string,
  { id, passwordHash, replaces, nowMs }: NewPassword,
): Promise<boolean> {
  let query = tx
    .updateTable('members')
    .set(({ eb }) => ({ passwordHash, updatedAt: nowMs, version: eb('version', '+', 1) }))
    .where('organizationId', '=', organizationId)
    .where('id', '=', id)
    .where('deactivatedAt', 'is', null)
  if (replaces !== undefined && replaces !== null) {
    query = query.where('passwordHash', '=', replaces)
  }
  const { numUpdatedRows } = await query.executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Returns the member in a row. */
export function fromMemberRow(row: Tables['members']): Member {
  const value: unknown = JSON.parse(row.privileges)
  const names: readonly unknown[] = Array.isArray(value) ? value : []
  return {
    ...row,
    privileges: orderPrivileges(names),
    preferences: parsePreferences(row.preferences),
  }
}

/** Returns the known privileges among the values, without duplicates, in the contract's order. */
export function orderPrivileges(values: readonly unknown[]): readonly Privilege[] {
  const known = new Set(values.filter((name) => typeof name === 'string').filter(isPrivilege))
  return privilegeNames.filter((privilege) => known.has(privilege))
}
