import { Anchor, Button, Group, Stack } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useCan } from '../../api/session.ts'
import { useDialogUrl } from '../../components/dialog-url.ts'
import { Instant } from '../../components/instant.tsx'
import { Panel } from '../../components/panel.tsx'
import { duration } from '../../components/time.ts'
import { catalogue } from '../../messages/catalogue.ts'
import { ConnectionDetails } from '../connection-details.tsx'
import { type Credential, isModifiable } from '../credential.ts'
import { StatusBadge, WarningChips } from '../status-badge.tsx'
import classes from './detail.module.css'
import messages from './messages.json'
import { NotesPanel } from './notes-panel.tsx'
import { SecretsPanel } from './secrets-panel.tsx'

const text = catalogue(messages)

/** The details, notes, connection details and secrets of a credential. */
export function OverviewTab({ credential }: { readonly credential: Credential }) {
  return (
    <div className={classes.columns}>
      <Stack gap="md">
        <Panel title={text('details')}>
          <Details credential={credential} />
        </Panel>
        <NotesPanel credential={credential} />
      </Stack>
      <Stack gap="md">
        <Panel title={text('connection')} lead={text('connectionLead')}>
          <ConnectionDetails credential={credential} />
        </Panel>
        <SecretsPanel secrets={credential.secrets} />
      </Stack>
    </div>
  )
}

function Details({ credential }: { readonly credential: Credential }) {
  const { status, warnings, createdAt, createdBy, endedAt, activeSeconds } = credential
  const { lastUsedAt, lastUsedFrom } = credential
  return (
    <dl className={classes.facts}>
      <DetailRow name={text('status')}>
        <Group gap={6}>
          <StatusBadge status={status} />
          <WarningChips warnings={warnings} />
        </Group>
      </DetailRow>
      <DetailRow name={text('lastUsed')}>
        {lastUsedAt === null || !lastUsedFrom ? (
          <Instant at={lastUsedAt} />
        ) : (
          text.rich('lastUsedFrom', {
            when: <Instant key="when" at={lastUsedAt} />,
            address: (
              <span key="address" className="mono">
                {lastUsedFrom}
              </span>
            ),
          })
        )}
      </DetailRow>
      <DetailRow name={text('expires')}>
        <Expiry credential={credential} />
      </DetailRow>
      <DetailRow name={text('permissionsLabel')}>
        <Permissions credential={credential} />
      </DetailRow>
      <DetailRow name={text('created')}>
        {text.rich('createdBy', {
          when: <Instant key="when" at={createdAt} form="exact" />,
          name: createdBy.name,
        })}
      </DetailRow>
      {endedAt !== null && (
        <DetailRow name={text('ended')}>
          <Instant at={endedAt} form="exact" />
        </DetailRow>
      )}
      <DetailRow name={text(endedAt === null ? 'active' : 'lasted')}>
        {activeSeconds < 60 ? text('lessThanMinute') : duration(activeSeconds)}
      </DetailRow>
      <DetailRow name={text('id')}>
        <span className="mono">{credential.id}</span>
      </DetailRow>
    </dl>
  )
}

function DetailRow({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Expiry({ credential }: { readonly credential: Credential }) {
  const { expiresAt } = credential
  const mayChange = useCan('CREDENTIAL_WRITE')
  const { open } = useDialogUrl()
  return (
    <Group gap="xs">
      <span>
        {text.rich('expiresAt', {
          exact: <Instant key="exact" at={expiresAt} form="exact" />,
          relative: <Instant key="relative" at={expiresAt} />,
        })}
      </span>
      {mayChange && isModifiable(credential) && (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={text('changeExpiry')}
          onClick={() => open('expiry')}
        >
          {text('change')}
        </Button>
      )}
    </Group>
  )
}

function Permissions({
  credential: { id, kind, permissions },
}: {
  readonly credential: Credential
}) {
  return (
    <Anchor
      inherit
      renderRoot={(props) => (
        <Link {...props} to="/credentials/$id/{-$tab}" params={{ id, tab: 'permissions' }} />
      )}
    >
      {kind === 'full_access'
        ? text('fullAccess')
        : text('permissionsCount', { count: permissions.length })}
    </Anchor>
  )
}
