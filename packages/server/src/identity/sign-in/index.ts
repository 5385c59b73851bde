/** Sign-in: passwords, invitations, two-factor authentication (TOTP) and recovery codes. */

export { startAttempt } from './attempts.ts'
export { authenticateSession } from './authenticate-session.ts'
export { requireAcceptablePassword } from './password-rules.ts'
export { hashPassword } from './passwords.ts'
export { invalidCode } from './rejections.ts'
export { signInRoutes } from './routes.ts'
