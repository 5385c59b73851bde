/** Members: the people of an organization, with their privileges, preferences and invitations. */
export { memberAuditEntry } from './audit-entry.ts'
export { newMember } from './create.ts'
export { requireMember } from './get.ts'
export {
  type CodeLookup,
  consumeCode,
  findUsableCode,
  insertCode,
  revokeCodesOf,
  revokeSetupCodes,
} from './one-time-code-rows.ts'
export { newCode } from './one-time-codes.ts'
export { toCurrentSession, toMember } from './presenter.ts'
export { requireOwnMember } from './require-own.ts'
export { memberRoutes } from './routes.ts'
export {
  findMember,
  insertMember,
  lockMember,
  type Member,
  recordSignIn,
  selectMembersByEmail,
  setPassword,
  setTotpEnabled,
} from './rows.ts'
export { requirePrivilegesOf, statusOf } from './rules.ts'
