import type { ResponseBody, routes } from '@keyporter/contract'
import { Button, Group, Stack, Text } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { duration } from '../../components/time.ts'
import { catalogue } from '../../messages/catalogue.ts'
import type { Credential } from '../credential.ts'
import { PermissionTable } from '../permission-table.tsx'
import classes from './detail.module.css'
import { DiffList } from './diff-list.tsx'
import { EditProblem } from './edit-problem.tsx'
import messages from './messages.json'
import { diffPermissions, rebasePermissions } from './permission-diff.ts'
import { useEdit } from './use-edit.ts'

const text = catalogue(messages)

type PermissionsFormProps = {
  readonly credential: Credential
  readonly api: ResponseBody<typeof routes.apis.get>
  readonly onDone: () => void
}

/** Edits the permissions of a credential and shows the changes before saving. */
export function PermissionsForm({ credential, api, onDone }: PermissionsFormProps) {
  const edit = useEdit(credential)
  const { base, submission, save } = edit
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set(credential.permissions))
  const diff = diffPermissions(base.permissions, selected)
  const isChanged = diff.added.length + diff.removed.length > 0
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (!isChanged) return onDone()
    const permissions = selected.size === 0 ? text('noneLeft') : undefined
    if (await save({ permissions: [...selected] }, { permissions })) onDone()
  }
  const reload = async (): Promise<void> => {
    const fresh = await edit.reload()
    setSelected(rebasePermissions(fresh.permissions, diff))
  }
  const fault = submission.fieldError('permissions')
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="md">
        <PermissionTable
          api={api}
          selected={selected}
          onChange={(next) => {
            submission.touch('permissions')
            setSelected(next)
          }}
          label={text('grid', { name: credential.name })}
        />
        <Stack gap="sm" className={classes.footer}>
          {isChanged ? (
            <>
              <DiffList {...diff} />
              <Text size="sm" c="dimmed">
                {text('effect', { duration: duration(api.tokenTtlSeconds) })}
              </Text>
            </>
          ) : (
            <Text size="sm" c="dimmed">
              {text('noDiff')}
            </Text>
          )}
          {fault !== undefined && (
            <Text size="sm" c="red" role="alert">
              {fault}
            </Text>
          )}
          <EditProblem edit={edit} fields={['permissions']} onReload={() => void reload()} />
          <Group gap="xs">
            <Button type="submit" loading={submission.isBusy}>
              {text('savePermissions')}
            </Button>
            <Button variant="default" onClick={onDone}>
              {text('cancel')}
            </Button>
          </Group>
        </Stack>
      </Stack>
    </form>
  )
}
