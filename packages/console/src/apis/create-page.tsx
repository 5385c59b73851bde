import { nameLengthMax } from '@keyporter/contract'
import { Alert, Button, Group, Stack, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useReducer, useState } from 'react'
import { useActing } from '../api/acting.ts'
import { NoPermission } from '../components/no-permission.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { Panel } from '../components/panel.tsx'
import { Problem } from '../components/problem.tsx'
import { useSubmission } from '../components/submission.ts'
import { UnsavedGuard } from '../components/unsaved-guard.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { useMayEditApis } from './api.ts'
import messages from './messages.json'
import { changeDraft, resourcesWithoutActions, toTable } from './table-draft.ts'
import { TableEditor } from './table-editor.tsx'

const text = catalogue(messages)

/** The page that creates an API without a document. */
export function ApiCreatePage() {
  const mayEdit = useMayEditApis()
  return (
    <>
      <PageHeader title={text('newApi')} lead={text('newApiLead')} />
      {mayEdit ? <ApiForm /> : <NoPermission privilege="apis.manage" />}
    </>
  )
}

function ApiForm() {
  const { client, scope } = useActing()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const submission = useSubmission()
  const [values, setValues] = useState({ name: '', identifier: '' })
  const [rows, change] = useReducer(changeDraft, [])
  const [search, setSearch] = useState('')
  const field = (name: keyof typeof values) => ({
    ...submission.field(name, values[name], (value) =>
      setValues((before) => ({ ...before, [name]: value })),
    ),
    required: true,
  })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const own = {
      name: values.name.trim() === '' ? text('nameRequired') : undefined,
      identifier: values.identifier.trim() === '' ? text('identifierRequired') : undefined,
      permissions: faultOfTable(rows),
    }
    void submission.run(async () => {
      const identifier = values.identifier.trim()
      const made = await client.apis.create({ ...values, identifier, permissions: toTable(rows) })
      await queries.invalidateQueries({ queryKey: [...scope, 'apis'] })
      await navigate({ to: '/apis/$id', params: { id: made.id }, ignoreBlocker: true })
    }, own)
  }
  const tableFault = submission.fieldError('permissions')
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="lg">
        {submission.error !== undefined && <Problem error={submission.error} />}
        <Panel title={text('details')}>
          <TextInput
            label={text('name')}
            description={text('nameHint')}
            maxLength={nameLengthMax}
            {...field('name')}
          />
          <TextInput
            label={text('identifier')}
            description={text('identifierHint')}
            placeholder="https://api.example.com"
            type="url"
            spellCheck={false}
            autoCapitalize="none"
            maxLength={512}
            {...field('identifier')}
          />
        </Panel>
        <Panel title={text('permissionTable')} lead={text('permissionTableLead')}>
          {tableFault !== undefined && (
            <Alert color="red" role="alert">
              {tableFault}
            </Alert>
          )}
          <TableEditor
            rows={rows}
            change={(next) => {
              submission.touch('permissions')
              change(next)
            }}
            search={search}
            onSearch={setSearch}
          />
        </Panel>
        <Group>
          <Button type="submit" loading={submission.isBusy}>
            {text('createApi')}
          </Button>
          <Button variant="default" renderRoot={(props) => <Link {...props} to="/apis" />}>
            {text('cancel')}
          </Button>
        </Group>
      </Stack>
      <UnsavedGuard isDirty={values.name !== '' || values.identifier !== '' || rows.length > 0} />
    </form>
  )
}

function faultOfTable(rows: Parameters<typeof toTable>[0]): string | undefined {
  if (rows.length === 0) return text('resourceRequired')
  const [empty] = resourcesWithoutActions(rows)
  return empty === undefined ? undefined : text('rowWithoutActions', { resource: empty })
}
