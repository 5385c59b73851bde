import { Alert, Anchor, Button, Group, Loader, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconExternalLink } from '@tabler/icons-react'
import { DataArea } from '../../components/data-area.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Problem } from '../../components/problem.tsx'
import { relativeInstant } from '../../components/time.ts'
import { catalogue } from '../../messages/catalogue.ts'
import {
  type Connection,
  hostOf,
  type Integration,
  SHARED,
  useConnections,
} from '../integration.ts'
import messages from './messages.json'
import { RedirectUrl } from './redirect-url.tsx'
import { type Consent, useConsent } from './use-consent.ts'

const text = catalogue(messages)

/** The polling interval for the result of the authorization. */
const POLL_MS = 2_000

type ConnectDialogProps = {
  readonly integration: Integration
  /** An organization ID or `shared`. */
  readonly organization: string
  readonly onClose: () => void
}

/** Starts the OAuth authorization of a connection and shows its progress. */
export function ConnectDialog({ integration, organization, onClose }: ConnectDialogProps) {
  const connections = useConnections(integration.id, POLL_MS)
  const { authorizationUrl: address } = integration.auth
  const title =
    typeof address === 'string' ? text('title', { host: hostOf(address) }) : text('titleUnknown')
  return (
    <Dialog opened onClose={onClose} title={title} size="lg">
      <DataArea query={connections} failure={text('loadFailed')}>
        {({ data }) => (
          <Connect
            integrationId={integration.id}
            organization={organization}
            connection={data.find((one) => (one.organizationId ?? SHARED) === organization)}
            onClose={onClose}
          />
        )}
      </DataArea>
    </Dialog>
  )
}

type ConnectProps = {
  readonly integrationId: string
  readonly organization: string
  readonly connection: Connection | undefined
  readonly onClose: () => void
}

function Connect({ onClose, ...terms }: ConnectProps) {
  const consent = useConsent(terms)
  const { state, submission, start } = consent
  return (
    <Stack>
      <Text size="sm">{text('lead')}</Text>
      <RedirectUrl />
      <div aria-live="polite">
        <Outcome consent={consent} tokenExpiresAt={terms.connection?.tokenExpiresAt ?? null} />
      </div>
      {submission.error !== undefined && (
        <Problem error={submission.error} title={text('startFailed')} />
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {text('close')}
        </Button>
        {state !== 'connected' && (
          <Button
            loading={submission.isBusy}
            leftSection={<IconExternalLink size={16} aria-hidden />}
            onClick={start}
            data-autofocus
          >
            {text(state === 'ready' ? 'connect' : 'reconnect')}
          </Button>
        )}
      </Group>
    </Stack>
  )
}

type OutcomeProps = { readonly consent: Consent; readonly tokenExpiresAt: string | null }

function Outcome({ consent: { state, url, isBlocked }, tokenExpiresAt }: OutcomeProps) {
  if (state === 'ready') return null
  if (state === 'connected') {
    return (
      <Alert color="green" icon={<IconCheck aria-hidden />}>
        {tokenExpiresAt === null
          ? text('connected')
          : text('connectedUntil', { when: relativeInstant(tokenExpiresAt) })}
      </Alert>
    )
  }
  if (state === 'waiting') {
    return (
      <Stack gap="xs">
        {!isBlocked && (
          <Group gap="sm">
            <Loader size="xs" aria-hidden />
            <Text size="sm">{text('waiting')}</Text>
          </Group>
        )}
        <Text size="sm">
          {text(isBlocked ? 'blocked' : 'closed')}{' '}
          <Anchor href={url} target="_blank" rel="noopener noreferrer" inherit underline="always">
            {text('link')}
          </Anchor>
        </Text>
      </Stack>
    )
  }
  return (
    <Alert color="orange" icon={<IconAlertTriangle aria-hidden />} title={text(`${state}Title`)}>
      {text(state)}
    </Alert>
  )
}
