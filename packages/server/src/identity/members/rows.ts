import { isPrivilege, type Privilege, privilegeNames } from '@keyporter/contract'
import type { Reader, Writer } from '../../store/open.ts'
import type { Tables } from '../../store/tables.ts'
import { containing, isLikeInLowerCase } from '../../store/text-search.ts'
import { type Preferences, parsePreferences, serializePreferences } from './preferences.ts'

/** A member as the store keeps it. */
export type Member = {
  readonly id: string
  readonly organizationId: string
  readonly email: string
  readonly name: string
  readonly privileges: readonly Privilege[]
  /** Null until the member has chosen a password. */
  readonly passwordHash: string | null
  readonly preferences: Preferences
  /** Since when signing in needs a one-time code; null where it needs none. */
  readonly totpEnabledAt: number | null
  readonly deactivatedAt: number | null
  readonly lastSignedInAt: number | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly version: number
}

/** One member of an organization. */
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

/** What a page of members is asked with. */
export type MemberFilter = {
  readonly q: string | undefined
  /** The id after which the page begins. */
  readonly after: string | undefined
  readonly limit: number
}

/** Members of an organization in the order in which they were added. */
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
        isLikeInLowerCase(ref('name'), containing(q)),
        isLikeInLowerCase(ref('email'), containing(q)),
      ]),
    )
  }
  return (await query.execute()).map(fromMemberRow)
}

/** Which memberships of a person are asked for. */
export type MembershipFilter = {
  readonly email: string
  /** The only organization that counts; undefined where every one does. */
  readonly organizationId: string | undefined
  readonly limit: number
}

/**
 * The members who sign in with an e-mail address: one in each organization that they belong to, the
 * one who signed in last first. Across organizations, for signing in alone.
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

/** Every member of an organization who can sign in; for the rule of the last owner. */
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

/** The members of an organization who can sign in and hold a privilege. */
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

/** Adds a member. False when the organization has one with this address. */
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

/** Writes a new state over the version before it. False when that version is gone. */
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
 * Sets a member's preferences over those that were loaded. False when they are others by now. They are no
 * part of the member that others see, so that the version stays.
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
 * Holds a member as they were loaded until the transaction ends: whoever changes them meanwhile waits.
 * False when that version is gone. An update that changes nothing locks its row on every engine.
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
 * Notes that a member signed in with a password. False when the password was changed, one-time codes
 * were switched on or off, or the member was deactivated, since it was verified.
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
 * Notes since when signing in needs a one-time code, over the version that was loaded. False when that
 * version is gone.
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

/** Which password a member gets. */
export type NewPassword = {
  readonly id: string
  readonly passwordHash: string
  /** The hash that it must replace; whatever there is where it is left out. */
  readonly replaces?: string | null | undefined
  readonly nowMs: number
}

/** Sets a member's password. False when the member is deactivated, or has another password by now. */
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

/** A row of `members` with its privileges parsed, in the order in which people read them. */
export function fromMemberRow(row: Tables['members']): Member {
  const value: unknown = JSON.parse(row.privileges)
  const held: readonly unknown[] = Array.isArray(value) ? value : []
  return {
    ...row,
    privileges: orderPrivileges(held),
    preferences: parsePreferences(row.preferences),
  }
}

/** The privileges among the values, each once, in the order in which people read them. */
export function orderPrivileges(values: readonly unknown[]): readonly Privilege[] {
  const held = new Set(values.filter((name) => typeof name === 'string').filter(isPrivilege))
  return privilegeNames.filter((privilege) => held.has(privilege))
}
