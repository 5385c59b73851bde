import { versionOf } from '@keyporter/sdk'
import { Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useActing } from '../api/acting.ts'
import { announce } from '../components/announcer.tsx'
import { Dialog } from '../components/dialog.tsx'
import { EditConflict, isEditConflict } from '../components/edit-conflict.tsx'
import { Problem } from '../components/problem.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import type { Api, Operation } from './api.ts'
import messages from './messages.json'
import { operationName } from './operation-name.ts'
import { PermissionChoice } from './permission-choice.tsx'

const text = catalogue(messages)

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']

type OperationDialogProps = {
  readonly isOpen: boolean
  readonly api: Api
  /** The operation, for example `GET /v1/contacts`; undefined for a new one. */
  readonly name: string | undefined
  readonly onSaved: (latest: Api) => void
  readonly onClose: () => void
}

/** Adds, edits or removes an operation. */
export function OperationDialog({ isOpen, ...rest }: OperationDialogProps) {
  const title = rest.name === undefined ? text('addOperation') : text('editOperationTitle')
  return (
    <Dialog opened={isOpen} onClose={rest.onClose} size="lg" title={title}>
      {isOpen && <OperationForm key={rest.name} {...rest} />}
    </Dialog>
  )
}

function OperationForm({ api, name, onSaved, onClose }: Omit<OperationDialogProps, 'isOpen'>) {
  const { client, scope } = useActing()
  const queries = useQueryClient()
  const submission = useSubmission()
  const known = api.operations.find((one) => operationName(one) === name)
  const [method, setMethod] = useState(known?.method ?? 'GET')
  const [path, setPath] = useState(known?.path ?? '/')
  const [permissions, setPermissions] = useState<readonly string[]>(known?.permissions ?? [])
  if (name !== undefined && known === undefined) return <Text>{text('operationMissing')}</Text>
  const put = (operations: readonly Operation[], fault?: string): void => {
    void submission.run(
      async () => {
        const version = versionOf(api)
        const body = { id: api.id, operations: [...operations] }
        const saved = await client.apis.update(body, { version, timeoutMs: UPDATE_MS })
        onSaved(saved)
        onClose()
        announce(text('saved'))
        await queries.invalidateQueries({ queryKey: [...scope, 'apis'] })
      },
      { path: fault },
    )
  }
  const save = (): void => {
    const typed = { method, path: path.trim(), permissions: [...permissions] }
    if (known !== undefined) {
      put(api.operations.map((one) => (one === known ? typed : one)))
      return
    }
    const isTaken = api.operations.some((one) => operationName(one) === operationName(typed))
    put([...api.operations, typed], isTaken ? text('operationDuplicate') : faultOfPath(typed.path))
  }
  const reload = (): void => {
    void queries.refetchQueries({ queryKey: [...scope, 'apis', 'get', api.id] })
    submission.reset()
  }
  const { error } = submission
  return (
    <Stack>
      {error !== undefined && !isEditConflict(error) && <Problem error={error} />}
      <EditConflict error={error} targetId={api.id} onReload={reload} />
      {known === undefined ? (
        <Group align="flex-start" gap="sm">
          <NativeSelect
            label={text('method')}
            data={METHODS}
            value={method}
            onChange={(event) => setMethod(event.currentTarget.value)}
          />
          <TextInput
            label={text('path')}
            description={text('pathHint')}
            {...submission.field('path', path, setPath)}
            spellCheck={false}
            maxLength={2_048}
            flex="1 1 14rem"
            data-autofocus
          />
        </Group>
      ) : (
        <code>{operationName(known)}</code>
      )}
      <PermissionChoice scopes={api.scopes} chosen={permissions} onChoose={setPermissions} />
      <Group justify="space-between">
        {known === undefined ? (
          <span />
        ) : (
          <Button
            variant="subtle"
            color="red"
            onClick={() => put(api.operations.filter((one) => one !== known))}
          >
            {text('removeOperation')}
          </Button>
        )}
        <Group gap="sm">
          <Button variant="default" onClick={onClose}>
            {text('cancel')}
          </Button>
          <Button loading={submission.isBusy} onClick={save}>
            {text('save')}
          </Button>
        </Group>
      </Group>
    </Stack>
  )
}

/** An update sends all operations, up to 20,000. */
const UPDATE_MS = 60_000

function faultOfPath(path: string): string | undefined {
  return /^\/[^\s?#\\]*$/.test(path) ? undefined : text('pathInvalid')
}
