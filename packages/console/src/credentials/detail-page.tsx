import { SdkError } from '@keyporter/sdk'
import { Anchor, Stack, Tabs } from '@mantine/core'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useCan } from '../api/session.ts'
import { AuditEvents } from '../audit/audit-events.tsx'
import { DataArea } from '../components/data-area.tsx'
import { useDialogUrl } from '../components/dialog-url.ts'
import { NoPermission } from '../components/no-permission.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { catalogue } from '../messages/catalogue.ts'
import type { Credential } from './credential.ts'
import { ExpiryDialog } from './detail/expiry-dialog.tsx'
import { DetailHeader } from './detail/header.tsx'
import messages from './detail/messages.json'
import { OverviewTab } from './detail/overview-tab.tsx'
import { PermissionsTab } from './detail/permissions-tab.tsx'
import { QuickstartTab } from './detail/quickstart-tab.tsx'
import { RemoveDialog } from './detail/remove-dialog.tsx'
import { StateBanner } from './detail/state-banner.tsx'
import { UsageTab } from './detail/usage-tab.tsx'
import { useCredential } from './detail/use-credential.ts'
import { RevokeDialog } from './revoke-dialog.tsx'

const text = catalogue(messages)

const tabs = ['overview', 'permissions', 'usage', 'audit', 'setup'] as const
type Tab = (typeof tabs)[number]

/** The page of one credential: overview, permissions, usage, audit and quickstart. */
export function CredentialDetailPage() {
  const { id = '' } = useParams({ strict: false })
  if (useCan('CREDENTIAL_READ')) return <Loaded key={id} id={id} />
  return (
    <>
      <PageHeader title={text('title')} />
      <NoPermission privilege="credentials.view" />
    </>
  )
}

function Loaded({ id }: { readonly id: string }) {
  const credential = useCredential(id)
  if (credential.data !== undefined) return <Detail credential={credential.data} />
  const { error } = credential
  const isMissing = error instanceof SdkError && error.status === 404
  return (
    <>
      <PageHeader
        title={text(isMissing ? 'missingTitle' : 'title')}
        lead={isMissing ? text('missing') : undefined}
      />
      {isMissing ? (
        <Anchor renderRoot={(props) => <Link {...props} to="/credentials" />}>
          {text('toList')}
        </Anchor>
      ) : (
        <DataArea query={credential} failure={text('failure')}>
          {() => null}
        </DataArea>
      )}
    </>
  )
}

function Detail({ credential }: { readonly credential: Credential }) {
  const { id } = credential
  const navigate = useNavigate()
  const tab = useTab()
  const [isJustRevoked, setJustRevoked] = useState(false)
  const dialogs = useDialogUrl()
  const open = (chosen: string | null): void =>
    void navigate({
      to: '/credentials/$id/{-$tab}',
      params: { id, tab: chosen === 'overview' ? undefined : (chosen ?? undefined) },
      resetScroll: false,
    })
  return (
    <>
      <DetailHeader credential={credential} onRevoke={() => dialogs.open('revoke')} />
      <Stack gap="lg">
        <StateBanner credential={credential} isJustRevoked={isJustRevoked} />
        <Tabs
          value={tab}
          onChange={open}
          keepMounted={false}
          activateTabWithKeyboard={false}
          color="var(--mantine-color-anchor)"
        >
          <Tabs.List aria-label={text('tabs')} mb="lg">
            {tabs.map((name) => (
              <Tabs.Tab key={name} value={name}>
                {text(`tab.${name}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {tabs.map((name) => (
            <Tabs.Panel key={name} value={name}>
              <TabContent tab={name} credential={credential} />
            </Tabs.Panel>
          ))}
        </Tabs>
      </Stack>
      <OpenDialog credential={credential} onRevoked={() => setJustRevoked(true)} />
    </>
  )
}

function TabContent({ tab, credential }: { readonly tab: Tab; readonly credential: Credential }) {
  switch (tab) {
    case 'overview':
      return <OverviewTab credential={credential} />
    case 'permissions':
      return <PermissionsTab credential={credential} />
    case 'usage':
      return <UsageTab credential={credential} />
    case 'audit':
      return <AuditEvents targetId={credential.id} />
    case 'setup':
      return <QuickstartTab credential={credential} />
  }
}

type OpenDialogProps = { readonly credential: Credential; readonly onRevoked: () => void }

/** Renders the dialog of the URL, if the member has the privilege for it. */
function OpenDialog({ credential, onRevoked }: OpenDialogProps) {
  const { dialog, close } = useDialogUrl()
  const mayChange = useCan('CREDENTIAL_WRITE')
  // If another member revokes the credential meanwhile, the open dialog stays and reports it.
  const [wasRevoked] = useState(credential.status === 'revoked')
  if (!mayChange || wasRevoked) return null
  switch (dialog) {
    case 'revoke':
      return <RevokeDialog credential={credential} onClose={close} onRevoked={onRevoked} />
    case 'expiry':
      return <ExpiryDialog credential={credential} onClose={close} />
    case 'remove':
      return <RemoveDialog credential={credential} onClose={close} />
    default:
      return null
  }
}

function useTab(): Tab {
  const { tab }: { tab?: string } = useParams({ strict: false })
  return tabs.find((known) => known === tab) ?? 'overview'
}
