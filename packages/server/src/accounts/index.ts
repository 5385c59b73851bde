/** Accounts: the people of an organization, how they sign in, and what they may do. */
export { authenticateSession, type SessionPrincipal } from './authenticate-session.ts'
export {
  type CodeUse,
  findUsableCode,
  insertCode,
  killSetupCodes,
  useCode,
} from './code-rows.ts'
export { newCode } from './codes.ts'
export { newMember } from './create-member.ts'
export { insertMember, type Member } from './member-rows.ts'
export { type PasswordOwner, requireGoodPassword } from './password-rules.ts'
export { hashPassword } from './passwords.ts'
export { invalidCode } from './refusals.ts'
export { toWhoAmI } from './resource.ts'
export { accountRoutes } from './routes.ts'
export { startSession } from './start-session.ts'
export { beginTry } from './tries.ts'
