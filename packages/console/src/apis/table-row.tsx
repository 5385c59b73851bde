import { PERMISSION_ACTIONS } from '@keyporter/protocol'
import { ActionIcon, Button, Checkbox, Stack, Text, TextInput, VisuallyHidden } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconCheck, IconTrash } from '@tabler/icons-react'
import { type Dispatch, memo } from 'react'
import { announce } from '../components/announcer.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { actionName } from './action-name.ts'
import { AffectedCredentials } from './affected-credentials.tsx'
import messages from './messages.json'
import { type DraftChange, type DraftRow, scopeOf } from './table-draft.ts'
import classes from './table-editor.module.css'

const text = catalogue(messages)

type TableRowProps = {
  readonly row: DraftRow
  readonly change: Dispatch<DraftChange> | undefined
  readonly apiId: string | undefined
  readonly mayMoveUp: boolean
  readonly mayMoveDown: boolean
}

/** A resource of the permission table. Memoized, because a table can have hundreds of rows. */
export const TableRow = memo(function TableRow(props: TableRowProps) {
  const { row, change } = props
  return (
    <tr className={row.isRemoved ? classes.removed : undefined}>
      <th scope="row">
        <code>{row.resource}</code>
        <CustomScopes row={row} />
      </th>
      <td>
        {row.isRemoved ? (
          <Removed row={row} apiId={props.apiId} />
        ) : change === undefined ? (
          row.description
        ) : (
          <TextInput
            size="xs"
            miw={180}
            aria-label={text('descriptionOf', { resource: row.resource })}
            value={row.description}
            maxLength={200}
            onChange={(event) =>
              change({ kind: 'describe', key: row.key, description: event.currentTarget.value })
            }
          />
        )}
      </td>
      {PERMISSION_ACTIONS.map((action) => (
        <td key={action} className={classes.middle}>
          {change === undefined || row.isRemoved ? (
            <Offered isOffered={!row.isRemoved && row.actions.includes(action)} />
          ) : (
            <span className={classes.box}>
              <Checkbox
                aria-label={text('cell', { action: actionName(action), resource: row.resource })}
                checked={row.actions.includes(action)}
                error={row.actions.length === 0}
                onChange={() => change({ kind: 'toggle', key: row.key, action })}
              />
            </span>
          )}
        </td>
      ))}
      {change !== undefined && (
        <td>
          <Moves {...props} change={change} />
        </td>
      )}
    </tr>
  )
})

/** Lists the scopes with another name than `RESOURCE_ACTION`. */
function CustomScopes({ row }: { readonly row: DraftRow }) {
  const own = PERMISSION_ACTIONS.flatMap((action) =>
    row.actions.includes(action) && row.scopes[action] !== undefined ? scopeOf(row, action) : [],
  )
  if (own.length === 0) return null
  return (
    <Text size="xs" c="dimmed" className="mono">
      {own.join(' ')}
    </Text>
  )
}

function Removed({ row, apiId }: { readonly row: DraftRow; readonly apiId: string | undefined }) {
  return (
    <Stack gap={2}>
      <Text size="sm" span>
        {text('removedOnSave')}
      </Text>
      {apiId !== undefined &&
        row.actions.map((action) => (
          <AffectedCredentials key={action} apiId={apiId} permission={scopeOf(row, action)} />
        ))}
    </Stack>
  )
}

function Offered({ isOffered }: { readonly isOffered: boolean }) {
  if (!isOffered) {
    return (
      <span>
        <span aria-hidden>—</span>
        <VisuallyHidden>{text('notAvailable')}</VisuallyHidden>
      </span>
    )
  }
  return (
    <span>
      <IconCheck size={18} aria-hidden />
      <VisuallyHidden>{text('available')}</VisuallyHidden>
    </span>
  )
}

function Moves({
  row,
  change,
  mayMoveUp,
  mayMoveDown,
}: TableRowProps & { readonly change: Dispatch<DraftChange> }) {
  const { key, resource } = row
  if (row.isRemoved) {
    return (
      <div className={classes.moves}>
        <Button size="xs" variant="default" onClick={() => change({ kind: 'restore', key })}>
          {text('restore')}
          <VisuallyHidden component="span"> {resource}</VisuallyHidden>
        </Button>
      </div>
    )
  }
  const move = (by: -1 | 1): void => {
    change({ kind: 'move', key, by })
    announce(text(by === -1 ? 'movedUp' : 'movedDown', { resource }))
  }
  return (
    <div className={classes.moves}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={text('moveUp', { resource })}
        title={text('up')}
        // Not `disabled`, because a disabled button loses the focus when its row reaches the top.
        aria-disabled={!mayMoveUp}
        className={classes.move}
        onClick={() => mayMoveUp && move(-1)}
      >
        <IconArrowUp size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={text('moveDown', { resource })}
        title={text('down')}
        aria-disabled={!mayMoveDown}
        className={classes.move}
        onClick={() => mayMoveDown && move(1)}
      >
        <IconArrowDown size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="red"
        aria-label={text('removeResource', { resource })}
        title={text('remove')}
        onClick={() => change({ kind: 'remove', key })}
      >
        <IconTrash size={16} aria-hidden />
      </ActionIcon>
    </div>
  )
}
