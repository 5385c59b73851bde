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
import { draftOf, type Values, valuesOf } from '../editor/draft.ts'
import { ExpiryField } from '../editor/expiry-field.tsx'
import { FaultList } from '../editor/fault-list.tsx'
import { valueFaults } from '../editor/faults.ts'
import { connectionBody, shownFields } from '../editor/request.ts'
import { RowList } from '../editor/row-list.tsx'
import { type Connection, type Integration, useRenewIntegrations } from '../integration.ts'
import messages from './messages.json'
import { OrganizationBox } from './organization-box.tsx'
import { nameOf } from './organization-name.ts'

const text = catalogue(messages)

type ValuesDialogProps = {
  readonly integration: Integration
  readonly connections: readonly Connection[]
  /** The organization to edit; undefined to select one first. */
  readonly organization: string | undefined
  readonly onClose: () => void
}

/** Adds or edits the credentials of an organization. Stored secrets are kept unless replaced. */
export function ValuesDialog(props: ValuesDialogProps) {
  const { integration, connections, organization, onClose } = props
  const [chosen, setChosen] = useState(organization ?? '')
  const stored = connections.find(({ organizationId }) => organizationId === chosen)
  const title =
    organization !== undefined && stored !== undefined
      ? text('editTitle', { name: nameOf(stored) })
      : text('addTitle')
  return (
    <Dialog opened onClose={onClose} title={title} size="lg" closeOnClickOutside={false}>
      <ValuesForm
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

type ValuesFormProps = {
  readonly integration: Integration
  readonly stored: Connection | undefined
  readonly chosen: string
  /** Undefined if the organization is fixed. */
  readonly onChoose: ((id: string) => void) | undefined
  readonly onClose: () => void
}

function ValuesForm({ integration, stored, chosen, onChoose, onClose }: ValuesFormProps) {
  const { client } = useActing()
  const timeZone = useTimeZone()
  const renew = useRenewIntegrations()
  const submission = useSubmission()
  const { auth } = integration
  const [values, setValues] = useState(() => valuesOf(stored, auth, timeZone))
  const draft = draftOf(integration)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const body = connectionBody({ kind: auth.kind, values, stored, settings: auth, timeZone })
    void submission.run(
      async () => {
        await client.connections.put(
          { id: integration.id, organization: chosen, ...body },
          { version: stored?.version },
        )
        announce(text('saved'))
        await renew()
        onClose()
      },
      {
        organization: chosen === '' ? text('organizationRequired') : undefined,
        ...valueFaults({ draft, values, stored }),
      },
    )
  }
  const { error } = submission
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {onChoose !== undefined && (
          <OrganizationBox
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
          values={values}
          stored={stored}
          submission={submission}
          onChange={setValues}
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
          onReload={() => void renew().then(submission.reset)}
        />
        {!isEditConflict(error) && <FaultList submission={submission} />}
        <FormButtons label={text('save')} onCancel={onClose} isBusy={submission.isBusy} />
      </Stack>
    </form>
  )
}

type FieldsProps = {
  readonly draft: ReturnType<typeof draftOf>
  readonly values: Values
  readonly stored: Connection | undefined
  readonly submission: Submission
  readonly onChange: (values: Values) => void
}

function Fields({ draft, values, stored, submission, onChange }: FieldsProps) {
  const [isOpen, setOpen] = useState(draft.kind === 'none')
  const change = (changes: Partial<Values>): void => onChange({ ...values, ...changes })
  const source = {
    ...draft,
    // Integration settings are read-only in this dialog.
    changeDraft: () => undefined,
    values,
    changeValues: change,
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
              rows={values.headers}
              onChange={(headers) => change({ headers })}
              pointer="headers"
              submission={submission}
            />
          </div>
          <ExpiryField value={values.expiresOn} onChange={(expiresOn) => change({ expiresOn })} />
        </>
      )}
    </>
  )
}
