import { routes } from '@keyporter/contract'
import { handle, type RouteHandler } from '../../kernel/route-handler.ts'
import { acceptInvitation } from './accept-invitation.ts'
import { changePassword } from './change-password.ts'
import { confirmTotp } from './confirm-totp.ts'
import { removeMemberTotp } from './remove-member-totp.ts'
import { removeTotp } from './remove-totp.ts'
import { signIn } from './sign-in.ts'
import { startTotp } from './start-totp.ts'

/** The routes of passwords, invitations, two-factor authentication and sign-in. */
export const signInRoutes: readonly RouteHandler[] = [
  handle(routes.members.acceptInvitation, acceptInvitation),
  handle(routes.members.removeTotp, removeMemberTotp),
  handle(routes.sessions.signIn, signIn),
  handle(routes.sessions.changePassword, changePassword),
  handle(routes.sessions.startTotp, startTotp),
  handle(routes.sessions.confirmTotp, confirmTotp),
  handle(routes.sessions.removeTotp, removeTotp),
]
