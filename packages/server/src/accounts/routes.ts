import { routes } from '@keyporter/contract'
import { type Binding, bind } from '../binding.ts'
import { acceptInvitation } from './accept-invitation.ts'
import { changePassword } from './change-password.ts'
import { confirmTotp } from './confirm-totp.ts'
import { createMember } from './create-member.ts'
import { endSession, signOut } from './end-session.ts'
import { getCurrentSession } from './get-current-session.ts'
import { getMember } from './get-member.ts'
import { inviteMember } from './invite-member.ts'
import { listGrantors } from './list-grantors.ts'
import { listMembers } from './list-members.ts'
import { listSessions } from './list-sessions.ts'
import { removeMemberTotp } from './remove-member-totp.ts'
import { removeTotp } from './remove-totp.ts'
import { signIn } from './sign-in.ts'
import { startTotp } from './start-totp.ts'
import { updateMember } from './update-member.ts'
import { updatePreferences } from './update-preferences.ts'

/** The routes of members and of their sessions. */
export const accountRoutes: readonly Binding[] = [
  bind(routes.members.list, listMembers),
  bind(routes.members.create, createMember),
  bind(routes.members.get, getMember),
  bind(routes.members.update, updateMember),
  bind(routes.members.invite, inviteMember),
  bind(routes.members.removeTotp, removeMemberTotp),
  bind(routes.members.acceptInvitation, acceptInvitation),
  bind(routes.sessions.signIn, signIn),
  bind(routes.sessions.list, listSessions),
  bind(routes.sessions.end, endSession),
  bind(routes.sessions.current, getCurrentSession),
  bind(routes.sessions.updatePreferences, updatePreferences),
  bind(routes.sessions.grantors, listGrantors),
  bind(routes.sessions.signOut, signOut),
  bind(routes.sessions.changePassword, changePassword),
  bind(routes.sessions.startTotp, startTotp),
  bind(routes.sessions.confirmTotp, confirmTotp),
  bind(routes.sessions.removeTotp, removeTotp),
]
