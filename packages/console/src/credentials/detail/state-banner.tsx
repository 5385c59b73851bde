import { Alert, Anchor, Stack, Text } from '@mantine/core'
import { IconBan, IconClock, IconPlayerPause } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useCan } from '../../api/session.ts'
import { Instant } from '../../components/instant.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import type { Credential } from '../credential.ts'
import messages from './messages.json'

const text = catalogue(messages)

type StateBannerProps = {
  readonly credential: Credential
  /** Whether the member revoked it on this page. */
  readonly isJustRevoked: boolean
}

/** Explains why calls with a credential are rejected. Renders nothing for an active credential. */
export function StateBanner({ credential, isJustRevoked }: StateBannerProps) {
  const { status, expiresAt } = credential
  switch (status) {
    case 'active':
      return null
    case 'suspended':
      return (
        <Alert color="yellow" icon={<IconPlayerPause aria-hidden />} title={text('suspended')} />
      )
    case 'expired':
      return (
        <Alert
          color="gray"
          icon={<IconClock aria-hidden />}
          title={text.rich('expired', { when: <Instant key="when" at={expiresAt} /> })}
        >
          <Hint hint={text('expiredHint')} />
        </Alert>
      )
    case 'revoked':
      return <Revoked credential={credential} isJustRevoked={isJustRevoked} />
  }
}

function Revoked({ credential, isJustRevoked }: StateBannerProps) {
  const { revokedAt, revokedBy, revokedReason } = credential
  const when = <Instant key="when" at={revokedAt} />
  const title =
    revokedBy === null
      ? text.rich('revoked', { when })
      : text.rich('revokedBy', { when, name: revokedBy.name })
  return (
    <Alert
      color="red"
      role={isJustRevoked ? 'status' : 'note'}
      icon={<IconBan aria-hidden />}
      title={isJustRevoked ? text('justRevoked') : title}
    >
      <Stack gap="xs">
        {revokedReason !== null && (
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {text('reason', { reason: revokedReason })}
          </Text>
        )}
        <Hint hint={text('final')} />
      </Stack>
    </Alert>
  )
}

function Hint({ hint }: { readonly hint: string }) {
  const mayCreate = useCan('CREDENTIAL_WRITE')
  return (
    <Text size="sm">
      {hint}{' '}
      {mayCreate && (
        <Anchor
          inherit
          underline="always"
          renderRoot={(props) => <Link {...props} to="/credentials/new" />}
        >
          {text('newCredential')}
        </Anchor>
      )}
    </Text>
  )
}
