import { routes } from '@keyporter/contract'
import { type Binding, bind } from '../../kernel/route-handler.ts'
import { acceptInvitation } from './accept-invitation.ts'
import { changePassword } from './change-password.ts'
import { confirmTotp } from './confirm-totp.ts'
import { removeMemberTotp } from './remove-member-totp.ts'
import { removeTotp } from './remove-totp.ts'
import { signIn } from './sign-in.ts'
import { startTotp } from './start-totp.ts'

/** The routes of passwords, one-time codes and sign-in. */
export const signInRoutes: readonly Binding[] = [
  bind(routes.members.acceptInvitation, acceptInvitation),
  bind(routes.members.removeTotp, removeMemberTotp),
  bind(routes.sessions.signIn, signIn),
  bind(routes.sessions.changePassword, changePassword),
  bind(routes.sessions.startTotp, startTotp),
  bind(routes.sessions.confirmTotp, confirmTotp),
  bind(routes.sessions.removeTotp, removeTotp),
]
