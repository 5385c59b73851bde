import type { ResponseBody, routes } from '@keyporter/contract'
import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconClock, IconHistory, IconKey, IconLock, IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { clientFor } from '../api/clients.ts'
import { useCan } from '../api/session.ts'
import { CopyButton } from '../components/copy-button.tsx'
import { DataArea } from '../components/data-area.tsx'
import { type Column, DataTable } from '../components/data-table.tsx'
import { useDialogUrl } from '../components/dialog-url.ts'
import { Instant } from '../components/instant.tsx'
import { NoPermission } from '../components/no-permission.tsx'
import { Panel } from '../components/panel.tsx'
import { StatusMark } from '../components/status-mark.tsx'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import { RotateDialog, signingKeysKey } from './rotate-dialog.tsx'

const text = catalogue(messages)

type SigningKey = ResponseBody<typeof routes.signingKeys.list>['data'][number]

/** Signing keys of access tokens, and the JWKS URL. */
export function SigningKeysTab({ isOperator }: { readonly isOperator: boolean }) {
  const mayRead = useCan('SIGNING_KEY_READ')
  if (!isOperator) {
    return (
      <Alert color="blue" icon={<IconLock aria-hidden />} title={text('operatorOnly')}>
        <Text size="sm" mb="xs">
          {text('operatorOnlyText')}
        </Text>
        <KeySetAddress />
      </Alert>
    )
  }
  return mayRead ? <SigningKeys /> : <NoPermission privilege="apis.manage" />
}

function SigningKeys() {
  const mayRotate = useCan('SIGNING_KEY_WRITE')
  const { dialog, open, close } = useDialogUrl()
  const keys = useQuery({
    queryKey: signingKeysKey,
    queryFn: () => clientFor().signingKeys.list(),
  })
  return (
    <Stack gap="lg">
      <Panel
        title={text('keys')}
        lead={text('keysLead')}
        actions={
          mayRotate && (
            <Button
              leftSection={<IconRefresh size={18} aria-hidden />}
              onClick={() => open('rotate')}
            >
              {text('rotate')}
            </Button>
          )
        }
      >
        <KeySetAddress />
      </Panel>
      <DataArea query={keys} failure={text('keysFailed')}>
        {({ data }) => (
          <DataTable
            label={text('keysTable')}
            columns={columns}
            rows={data.toReversed()}
            rowKey={({ id }) => id}
          />
        )}
      </DataArea>
      <RotateDialog opened={mayRotate && dialog === 'rotate'} onClose={close} />
    </Stack>
  )
}

function KeySetAddress() {
  const source = useRef<HTMLElement>(null)
  const address = `${window.location.origin}/.well-known/jwks.json`
  return (
    <Group gap={4} wrap="nowrap">
      <code ref={source}>{address}</code>
      <CopyButton value={address} what={text('jwks')} source={source} />
    </Group>
  )
}

const looks = {
  active: { color: 'green', icon: IconKey },
  pending: { color: 'blue', icon: IconClock },
  retired: { color: 'gray', icon: IconHistory },
} as const

function KeyStatus({ status }: Pick<SigningKey, 'status'>) {
  return <StatusMark {...looks[status]}>{text(`status.${status}`)}</StatusMark>
}

const columns: readonly Column<SigningKey>[] = [
  { key: 'kid', title: text('kid'), render: ({ id }) => <code>{id}</code> },
  { key: 'algorithm', title: text('algorithm'), render: ({ algorithm }) => algorithm },
  {
    key: 'status',
    title: text('status'),
    render: ({ status }) => <KeyStatus status={status} />,
  },
  {
    key: 'created',
    title: text('keyCreated'),
    render: ({ createdAt }) => <Instant at={createdAt} />,
  },
  {
    key: 'from',
    title: text('signsFrom'),
    render: ({ activatesAt }) => <Instant at={activatesAt} />,
  },
  {
    key: 'until',
    title: text('signsUntil'),
    render: ({ retiresAt }) => <Instant at={retiresAt} absent={text('untilNext')} />,
  },
]
