import { routes } from '@keyporter/contract'
import { type Binding, bind } from '../../kernel/route-handler.ts'
import { createMember } from './create.ts'
import { getMember } from './get.ts'
import { getCurrentSession } from './get-current.ts'
import { inviteMember } from './invite.ts'
import { listMembers } from './list.ts'
import { listGrantors } from './list-grantors.ts'
import { updateMember } from './update.ts'
import { updatePreferences } from './update-preferences.ts'

/** The routes of members, and of the current member. */
export const memberRoutes: readonly Binding[] = [
  bind(routes.members.list, listMembers),
  bind(routes.members.create, createMember),
  bind(routes.members.get, getMember),
  bind(routes.members.update, updateMember),
  bind(routes.members.invite, inviteMember),
  bind(routes.sessions.current, getCurrentSession),
  bind(routes.sessions.updatePreferences, updatePreferences),
  bind(routes.sessions.grantors, listGrantors),
]
