/** Members: the people of an organization and their privileges. */
export { memberRecord } from './audit-entry.ts'
export { newMember } from './create.ts'
export { requireMember } from './get.ts'
export {
  type CodeUse,
  findUsableCode,
  insertCode,
  killCodesOf,
  killSetupCodes,
  useCode,
} from './one-time-code-rows.ts'
export { newCode } from './one-time-codes.ts'
export { toMember, toWhoAmI } from './presenter.ts'
export { requireOwnMember } from './require-own.ts'
export { memberRoutes } from './routes.ts'
export {
  findMember,
  holdMember,
  insertMember,
  type Member,
  noteSignIn,
  selectMembersByEmail,
  setPassword,
  setTotpEnabled,
} from './rows.ts'
export { requireHoldsAllOf, statusOf } from './rules.ts'
export { changedMeanwhile } from './update.ts'
