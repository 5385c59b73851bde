import { Anchor, Button, Group, Stack } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useCan } from '../../api/session.ts'
import { useDialogUrl } from '../../components/dialog-url.ts'
import { Instant } from '../../components/instant.tsx'
import { Panel } from '../../components/panel.tsx'
import { duration } from '../../components/time.ts'
import { catalogue } from '../../messages/catalogue.ts'
import { type Credential, isLive } from '../credential.ts'
import { PairFacts } from '../pair-facts.tsx'
import { AttentionChips, StatusBadge } from '../status-badge.tsx'
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
          <Facts credential={credential} />
        </Panel>
        <NotesPanel credential={credential} />
      </Stack>
      <Stack gap="md">
        <Panel title={text('connection')} lead={text('connectionLead')}>
          <PairFacts credential={credential} />
        </Panel>
        <SecretsPanel secrets={credential.secrets} />
      </Stack>
    </div>
  )
}

function Facts({ credential }: { readonly credential: Credential }) {
  const { status, attention, createdAt, createdBy, endedAt, activeSeconds } = credential
  const { lastUsedAt, lastUsedFrom } = credential
  return (
    <dl className={classes.facts}>
      <Fact name={text('status')}>
        <Group gap={6}>
          <StatusBadge status={status} />
          <AttentionChips attention={attention} />
        </Group>
      </Fact>
      <Fact name={text('lastUsed')}>
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
      </Fact>
      <Fact name={text('expires')}>
        <Expiry credential={credential} />
      </Fact>
      <Fact name={text('permissionsLabel')}>
        <Permissions credential={credential} />
      </Fact>
      <Fact name={text('created')}>
        {text.rich('createdBy', {
          when: <Instant key="when" at={createdAt} form="exact" />,
          name: createdBy.name,
        })}
      </Fact>
      {endedAt !== null && (
        <Fact name={text('ended')}>
          <Instant at={endedAt} form="exact" />
        </Fact>
      )}
      <Fact name={text(endedAt === null ? 'active' : 'lasted')}>
        {activeSeconds < 60 ? text('lessThanMinute') : duration(activeSeconds)}
      </Fact>
      <Fact name={text('id')}>
        <span className="mono">{credential.id}</span>
      </Fact>
    </dl>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
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
      {mayChange && isLive(credential) && (
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
