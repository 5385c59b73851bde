/** Members: the people of an organization, with their privileges, preferences and invitations. */
export { auditMemberCreated, memberAuditEntry } from './audit-entry.ts'
export { newMember } from './create.ts'
export { requireMember, requireOwnMember } from './get.ts'
export {
  consumeLinkCode,
  findUsableLinkCode,
  insertLinkCode,
  type LinkCodeLookup,
  revokeLinkCodesOf,
  revokeSetupCodes,
} from './link-code-rows.ts'
export { newLinkCode } from './link-codes.ts'
export { toCurrentSession, toMember } from './presenter.ts'
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
