import { lazy, Suspense } from 'react'
import { useDialogUrl } from '../components/dialog-url.ts'
import { requestedTest } from './connection-test/requested-test.ts'
import type { Connection, Integration } from './integration.ts'
import { nameOf } from './organizations/organization-name.ts'

// Loaded on first use.
const RemoveDialog = lazy(async () => ({
  default: (await import('./organizations/remove-dialog.tsx')).RemoveDialog,
}))
const CredentialsDialog = lazy(async () => ({
  default: (await import('./organizations/credentials-dialog.tsx')).CredentialsDialog,
}))
const TestDialog = lazy(async () => ({
  default: (await import('./connection-test/test-dialog.tsx')).TestDialog,
}))
const ConnectDialog = lazy(async () => ({
  default: (await import('./consent/connect-dialog.tsx')).ConnectDialog,
}))

type IntegrationDialogsProps = {
  readonly integration: Integration
  readonly connections: readonly Connection[]
}

/** Renders the dialog of the URL. */
export function IntegrationDialogs({ integration, connections }: IntegrationDialogsProps) {
  const { dialog, target, close } = useDialogUrl()
  const own = connections.find(({ organizationId }) => organizationId === target)
  const { path, runs } = requestedTest(integration.id)
  return (
    <Suspense fallback={null}>
      {dialog === 'test' && (
        <TestDialog
          integration={integration}
          organizations={connections.flatMap((one) =>
            one.organizationId === null ? [] : [{ value: one.organizationId, label: nameOf(one) }],
          )}
          organization={target}
          path={path}
          isAsked={runs}
          onClose={close}
        />
      )}
      {dialog === 'connect' && target !== undefined && (
        <ConnectDialog integration={integration} organization={target} onClose={close} />
      )}
      {dialog === 'credentials' && (
        <CredentialsDialog
          integration={integration}
          connections={connections}
          organization={target}
          onClose={close}
        />
      )}
      {dialog === 'remove' && own !== undefined && (
        <RemoveDialog integration={integration} connection={own} onClose={close} />
      )}
    </Suspense>
  )
}
