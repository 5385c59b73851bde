import { Alert, Anchor, Stack } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { PageHeader } from '../../components/page-header.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import type { Credential } from '../credential.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** Shown if the response with the secret was lost: the credential exists, but its secret cannot be recovered. */
export function LostSecret({ credential }: { readonly credential: Credential }) {
  const { id, name } = credential
  return (
    <>
      <PageHeader title={text('title')} />
      <Alert
        color="orange"
        role="alert"
        icon={<IconAlertTriangle aria-hidden />}
        title={text('lostTitle', { name })}
      >
        <Stack gap="sm" align="flex-start">
          {text('lost')}
          <Anchor
            size="sm"
            renderRoot={(props) => <Link {...props} to="/credentials/$id" params={{ id }} />}
          >
            {text('lostLink', { name })}
          </Anchor>
        </Stack>
      </Alert>
    </>
  )
}
