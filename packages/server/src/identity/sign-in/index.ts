/** Sign-in: passwords, invitations, two-factor authentication (TOTP) and recovery codes. */

export { authenticateSession } from './authenticate-session.ts'
export { startAttempt } from './brute-force-limiter.ts'
export { requireAcceptablePassword } from './password-rules.ts'
export { hashPassword } from './passwords.ts'
export { invalidCode } from './rejections.ts'
export { signInRoutes } from './routes.ts'
