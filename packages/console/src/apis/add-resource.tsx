import { PERMISSION_ACTIONS, type PermissionAction } from '@keyporter/protocol'
import { Button, Checkbox, Group, Stack, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { type Dispatch, type KeyboardEvent, useRef, useState } from 'react'
import { announce } from '../components/announcer.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { actionName } from './action-name.ts'
import messages from './messages.json'
import type { DraftChange, DraftRow } from './table-draft.ts'

const text = catalogue(messages)

const RESOURCE = /^[A-Z][A-Z0-9_]{0,63}$/
const RESOURCES_MAX = 500

type AddResourceProps = {
  readonly rows: readonly DraftRow[]
  readonly change: Dispatch<DraftChange>
}

/** Adds a resource to the permission table. It renders no `<form>`, because it is used inside one. */
export function AddResource({ rows, change }: AddResourceProps) {
  const [resource, setResource] = useState('')
  const [offered, setOffered] = useState<readonly PermissionAction[]>(['read'])
  const [fault, setFault] = useState<string>()
  const field = useRef<HTMLInputElement>(null)
  const add = (): void => {
    const found = findFault(resource, { offered, rows })
    setFault(found)
    if (found === undefined) {
      change({ kind: 'add', resource, actions: offered })
      announce(text('resourceAdded', { resource }))
      setResource('')
    }
    field.current?.focus()
  }
  const addOnEnter = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    add()
  }
  return (
    <Stack gap="xs" role="group" aria-label={text('addResource')}>
      <Group align="flex-end" gap="md">
        <TextInput
          ref={field}
          label={text('newResource')}
          description={text('newResourceHint')}
          value={resource}
          error={fault}
          maxLength={64}
          autoCapitalize="characters"
          spellCheck={false}
          autoComplete="off"
          onKeyDown={addOnEnter}
          onChange={(event) => {
            setFault(undefined)
            setResource(toResourceName(event.currentTarget.value))
          }}
          w={{ base: '100%', xs: 320 }}
        />
        <Checkbox.Group
          label={text('resourceActions')}
          value={[...offered]}
          onChange={(values) => {
            setFault(undefined)
            setOffered(PERMISSION_ACTIONS.filter((action) => values.includes(action)))
          }}
        >
          <Group mt={6} h={36} align="center">
            {PERMISSION_ACTIONS.map((action) => (
              <Checkbox key={action} value={action} label={actionName(action)} />
            ))}
          </Group>
        </Checkbox.Group>
        <Button
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          disabled={rows.length >= RESOURCES_MAX}
          onClick={add}
        >
          {text('addResource')}
        </Button>
      </Group>
    </Stack>
  )
}

/** Turns typed words into a resource name: `crew list` becomes `CREW_LIST`. */
function toResourceName(typed: string): string {
  return typed.toUpperCase().replace(/[\s-]+/g, '_')
}

type Rest = { readonly offered: readonly PermissionAction[]; readonly rows: readonly DraftRow[] }

function findFault(resource: string, { offered, rows }: Rest): string | undefined {
  if (!RESOURCE.test(resource)) return text('resourceInvalid')
  const taken = rows.find((row) => row.resource === resource)
  if (taken !== undefined) return text(taken.isRemoved ? 'resourceRemoved' : 'resourceDuplicate')
  return offered.length === 0 ? text('actionRequired') : undefined
}
