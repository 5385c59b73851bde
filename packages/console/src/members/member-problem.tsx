import { SdkError } from '@keyporter/sdk'
import { Alert } from '@mantine/core'
import { IconUserShield } from '@tabler/icons-react'
import { EditConflict } from '../components/edit-conflict.tsx'
import { Problem } from '../components/problem.tsx'
import { catalogue } from '../messages/catalogue.ts'
import type { MemberDetailsProps } from './member-details.tsx'
import messages from './messages.json'

const text = catalogue(messages)

/** Explains why a member could not be changed. */
export function MemberProblem({
  error,
  member,
  onReload,
}: MemberDetailsProps & { readonly error: unknown }) {
  const code = error instanceof SdkError ? error.code : undefined
  if (code === 'precondition_failed') {
    return <EditConflict error={error} targetId={member.id} onReload={onReload} />
  }
  if (code === 'last_owner') {
    return (
      <Alert
        color="orange"
        role="alert"
        icon={<IconUserShield aria-hidden />}
        title={text('lastOwnerTitle')}
      >
        {text('lastOwner', { name: member.name })}
      </Alert>
    )
  }
  return <Problem error={error} />
}
