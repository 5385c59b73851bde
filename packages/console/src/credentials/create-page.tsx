import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useActing } from '../api/acting.ts'
import { useCan } from '../api/session.ts'
import { DataArea } from '../components/data-area.tsx'
import { NoPermission } from '../components/no-permission.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { CreateForm } from './create/create-form.tsx'
import { useFormOptions } from './create/form-options.ts'
import { LostSecret } from './create/lost-secret.tsx'
import messages from './create/messages.json'
import type { CreateRequest } from './create/request.ts'
import type { Credential } from './credential.ts'
import { SecretDialog } from './secret-dialog.tsx'

const text = catalogue(messages)

/** The new credential. Only the state of this page contains its secret. */
type Created = { readonly credential: Credential; readonly clientSecret: string | null }

/** The page that creates a credential and shows its secret once. */
export function CredentialCreatePage() {
  const [canRead, canWrite] = [useCan('CREDENTIAL_READ'), useCan('CREDENTIAL_WRITE')]
  const [created, setCreated] = useState<Created>()
  // A privilege lost while the secret is shown must not hide the secret.
  if (created === undefined && !(canRead && canWrite)) {
    return (
      <>
        <PageHeader title={text('title')} />
        <NoPermission
          title={text('notAllowed')}
          privilege={canRead ? 'credentials.manage' : 'credentials.view'}
        />
      </>
    )
  }
  return <CreatePage created={created} onCreated={setCreated} />
}

type CreatePageProps = {
  readonly created: Created | undefined
  readonly onCreated: (created: Created | undefined) => void
}

function CreatePage({ created, onCreated }: CreatePageProps) {
  const { from, organization }: { from?: string; organization?: string } = useSearch({
    strict: false,
  })
  const { client, scope } = useActing()
  const options = useFormOptions(from)
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [hasLeft, setLeft] = useState(false)
  const create = async (request: CreateRequest, idempotencyKey: string): Promise<void> => {
    const { clientSecret, ...credential } = await client.credentials.create(request, {
      idempotencyKey,
    })
    onCreated({ credential, clientSecret })
  }
  const leave = (to: 'list' | 'quickstart', { id, environment }: Credential): void => {
    setLeft(true)
    onCreated(undefined)
    void queries.invalidateQueries({ queryKey: [...scope, 'credentials'] })
    // The new credential must be in the list, even if the previous list showed another environment.
    const search = { organization, environment: environment === 'test' ? 'test' : undefined }
    if (to === 'list') void navigate({ to: '/credentials', search })
    else void navigate({ to: `/credentials/${id}/setup`, search })
  }
  const { credential, clientSecret } = created ?? {}
  if (credential !== undefined && clientSecret === null) {
    return <LostSecret credential={credential} />
  }
  return (
    <>
      <PageHeader title={text('title')} lead={text('lead')} />
      <DataArea query={options} failure={text('loadFailed')} skeleton={{ rows: 4, height: 160 }}>
        {(loaded) => (
          <CreateForm
            key={`${organization ?? ''} ${from ?? ''}`}
            options={loaded}
            onSubmit={create}
            onCancel={() => void navigate({ to: '/credentials' })}
            isDone={created !== undefined || hasLeft}
          />
        )}
      </DataArea>
      {credential !== undefined && clientSecret !== undefined && clientSecret !== null && (
        <SecretDialog
          credential={credential}
          clientSecret={clientSecret}
          onDone={() => leave('list', credential)}
          onQuickstart={() => leave('quickstart', credential)}
        />
      )}
    </>
  )
}
