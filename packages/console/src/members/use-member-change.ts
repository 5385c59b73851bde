import type { Privilege } from '@keyporter/contract'
import { versionOf } from '@keyporter/sdk'
import { useQueryClient } from '@tanstack/react-query'
import { useActing } from '../api/acting.ts'
import { sessionQuery, useCurrentSession } from '../api/session.ts'
import type { Member } from './member.ts'

type MemberChange = {
  readonly name?: string
  readonly privileges?: readonly Privilege[]
  readonly active?: boolean
}

/**
 * Returns a function that updates a member. Rejected if the member has changed since it was
 * loaded.
 */
export function useMemberChange(member: Member): (change: MemberChange) => Promise<void> {
  const { client, scope } = useActing()
  const queries = useQueryClient()
  const isOwn = useCurrentSession().actor.id === member.id
  return async ({ privileges, ...rest }) => {
    const changed = await client.members.update(
      {
        id: member.id,
        ...rest,
        ...(privileges === undefined ? {} : { privileges: [...privileges] }),
      },
      { version: versionOf(member) },
    )
    queries.setQueryData([...scope, 'members', 'get', member.id], changed)
    void queries.invalidateQueries({ queryKey: [...scope, 'members', 'list'] })
    if (isOwn) await queries.invalidateQueries({ queryKey: sessionQuery.queryKey })
  }
}
