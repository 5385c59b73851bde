import { routes } from '@keyporter/contract'
import { handle, type RouteHandler } from '../../kernel/route-handler.ts'
import { createMember } from './create.ts'
import { getMember } from './get.ts'
import { getCurrentSession } from './get-current.ts'
import { inviteMember } from './invite.ts'
import { listMembers } from './list.ts'
import { listGrantors } from './list-grantors.ts'
import { updateMember } from './update.ts'
import { updatePreferences } from './update-preferences.ts'

export const memberRoutes: readonly RouteHandler[] = [
  handle(routes.members.list, listMembers),
  handle(routes.members.create, createMember),
  handle(routes.members.get, getMember),
  handle(routes.members.update, updateMember),
  handle(routes.members.invite, inviteMember),
  handle(routes.sessions.current, getCurrentSession),
  handle(routes.sessions.updatePreferences, updatePreferences),
  handle(routes.sessions.grantors, listGrantors),
]
