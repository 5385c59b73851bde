import { Stack, Text } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useActing } from '../../api/acting.ts'
import { announce } from '../../components/announcer.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { DisclosureLink } from '../../components/disclosure-link.tsx'
import { EditConflict, isEditConflict } from '../../components/edit-conflict.tsx'
import { FormButtons } from '../../components/form-buttons.tsx'
import { useTimeZone } from '../../components/instant.tsx'
import { type Submission, useSubmission } from '../../components/submission.ts'
import { catalogue } from '../../messages/catalogue.ts'
import { ConnectionActions } from '../connection-actions.tsx'
import { AuthFields } from '../editor/auth-fields.tsx'
import { type CredentialInput, credentialInputOf, draftOf } from '../editor/draft.ts'
import { ErrorSummary } from '../editor/error-summary.tsx'
import { ExpiryField } from '../editor/expiry-field.tsx'
import { connectionBody, shownFields } from '../editor/request.ts'
import { RowList } from '../editor/row-list.tsx'
import { validateCredentials } from '../editor/validate.ts'
import { type Connection, type Integration, useInvalidateIntegrations } from '../integration.ts'
import messages from './messages.json'
import { OrganizationCombobox } from './organization-combobox.tsx'
import { nameOf } from './organization-name.ts'

const text = catalogue(messages)

type CredentialsDialogProps = {
  readonly integration: Integration
  readonly connections: readonly Connection[]
  /** The organization to edit; undefined to select one first. */
  readonly organization: string | undefined
  readonly onClose: () => void
}

/** Adds or edits the credentials of an organization. Stored secrets are kept unless replaced. */
export function CredentialsDialog(props: CredentialsDialogProps) {
  const { integration, connections, organization, onClose } = props
  const [chosen, setChosen] = useState(organization ?? '')
  const stored = connections.find(({ organizationId }) => organizationId === chosen)
  const title =
    organization !== undefined && stored !== undefined
      ? text('editTitle', { name: nameOf(stored) })
      : text('addTitle')
  return (
    <Dialog opened onClose={onClose} title={title} size="lg" closeOnClickOutside={false}>
      <CredentialsForm
        // Resets the fields when another organization is selected.
        key={chosen}
        integration={integration}
        stored={stored}
        chosen={chosen}
        onChoose={organization === undefined ? setChosen : undefined}
        onClose={onClose}
      />
    </Dialog>
  )
}

type CredentialsFormProps = {
  readonly integration: Integration
  readonly stored: Connection | undefined
  readonly chosen: string
  /** Undefined if the organization is fixed. */
  readonly onChoose: ((id: string) => void) | undefined
  readonly onClose: () => void
}

function CredentialsForm({ integration, stored, chosen, onChoose, onClose }: CredentialsFormProps) {
  const { client } = useActing()
  const timeZone = useTimeZone()
  const invalidate = useInvalidateIntegrations()
  const submission = useSubmission()
  const { auth } = integration
  const [credentials, setCredentials] = useState(() => credentialInputOf(stored, auth, timeZone))
  const draft = draftOf(integration)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const body = connectionBody({ kind: auth.kind, credentials, stored, settings: auth, timeZone })
    void submission.run(
      async () => {
        await client.connections.put(
          { id: integration.id, organization: chosen, ...body },
          { version: stored?.version },
        )
        announce(text('saved'))
        await invalidate()
        onClose()
      },
      {
        organization: chosen === '' ? text('organizationRequired') : undefined,
        ...validateCredentials({ draft, credentials, stored }),
      },
    )
  }
  const { error } = submission
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {onChoose !== undefined && (
          <OrganizationCombobox
            label={text('organization')}
            description={text('organizationHint')}
            value={chosen}
            onChoose={onChoose}
            error={submission.fieldError('organization')}
            isFirst
          />
        )}
        <Fields
          draft={draft}
          credentials={credentials}
          stored={stored}
          submission={submission}
          onChange={setCredentials}
        />
        {stored !== undefined && (
          <ConnectionActions
            integrationId={integration.id}
            organization={chosen}
            connection={stored}
          />
        )}
        <EditConflict
          error={error}
          targetId={integration.id}
          onReload={() => void invalidate().then(submission.reset)}
        />
        {!isEditConflict(error) && <ErrorSummary submission={submission} />}
        <FormButtons label={text('save')} onCancel={onClose} isBusy={submission.isBusy} />
      </Stack>
    </form>
  )
}

type FieldsProps = {
  readonly draft: ReturnType<typeof draftOf>
  readonly credentials: CredentialInput
  readonly stored: Connection | undefined
  readonly submission: Submission
  readonly onChange: (credentials: CredentialInput) => void
}

function Fields({ draft, credentials, stored, submission, onChange }: FieldsProps) {
  const [isOpen, setOpen] = useState(draft.kind === 'none')
  const change = (changes: Partial<CredentialInput>): void =>
    onChange({ ...credentials, ...changes })
  const source = {
    ...draft,
    // Integration settings are read-only in this dialog.
    changeDraft: () => undefined,
    credentials,
    changeCredentials: change,
    stored,
    submission,
  }
  const fields = shownFields(draft.kind, draft.settings).filter(({ of }) => of === 'connection')
  return (
    <>
      {draft.kind === 'none' && <Text size="sm">{text('noAuthentication')}</Text>}
      <AuthFields fields={fields} source={source} />
      <DisclosureLink isOpen={isOpen} onToggle={() => setOpen(!isOpen)}>
        {text(isOpen ? 'fewerFields' : 'moreFields')}
      </DisclosureLink>
      {isOpen && (
        <>
          <div role="group" aria-label={text('headers')}>
            <Text size="sm" fw={600}>
              {text('headers')}
            </Text>
            <Text size="xs" c="dimmed" mb="xs">
              {text('headersHint')}
            </Text>
            <RowList
              of="headers"
              rows={credentials.headers}
              onChange={(headers) => change({ headers })}
              pointer="headers"
              submission={submission}
            />
          </div>
          <ExpiryField
            value={credentials.expiresOn}
            onChange={(expiresOn) => change({ expiresOn })}
          />
        </>
      )}
    </>
  )
}
