import { VisuallyHidden } from '@mantine/core'
import { IconCheck, IconLock, IconX } from '@tabler/icons-react'
import { Fragment, memo } from 'react'
import { catalogue } from '../../messages/catalogue.ts'
import messages from './messages.json'
import { type Cells, columns, type PermissionRow } from './permission-rows.ts'
import classes from './permissions.module.css'
import { ShortcutSelect } from './shortcut-select.tsx'

const text = catalogue(messages)

type PermissionRowViewProps = {
  readonly row: PermissionRow
  readonly held: Cells
  /** Sets the cells of the row; undefined for a read-only table. */
  readonly onSet: ((row: PermissionRow, cells: Cells) => void) | undefined
}

/** The row of one resource. Memoized, because a table can have hundreds of rows. */
export const PermissionRowView = memo(function PermissionRowView(props: PermissionRowViewProps) {
  const { row, held, onSet } = props
  return (
    <tr className={classes.row}>
      <th scope="row">
        <Breakable name={row.resource} />
        {row.description !== '' && <span className={classes.description}>{row.description}</span>}
      </th>
      {columns.map((action, column) => (
        <td key={action} className={classes.mark}>
          <Cell {...props} column={column} />
        </td>
      ))}
      {onSet !== undefined && (
        <td className={classes.shortcut}>
          <ShortcutSelect
            label={text('setRow', { resource: row.resource })}
            open={row.open}
            held={held & row.open}
            onSet={(cells) => onSet(row, cells)}
          />
        </td>
      )}
    </tr>
  )
})

function Cell({ row, held, onSet, column }: PermissionRowViewProps & { readonly column: number }) {
  const bit = 1 << column
  const scope = row.scopes[column]
  if (scope === undefined) return <Absent />
  const isHeld = (held & bit) !== 0
  if (onSet === undefined) return <Mark isHeld={isHeld} />
  if ((row.open & bit) === 0) return <Locked isHeld={isHeld} />
  return (
    <input
      type="checkbox"
      className={classes.box}
      aria-label={text('cell', { action: text(columns[column] ?? 'read'), resource: row.resource })}
      title={scope}
      checked={isHeld}
      onChange={() => onSet(row, held ^ bit)}
    />
  )
}

/** A resource name that can wrap after its underscores. */
function Breakable({ name }: { readonly name: string }) {
  return name.split(/(?<=_)/).map((part, index) => (
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ))
}

/** An action that the resource does not support. */
function Absent() {
  return (
    <span className={classes.absent}>
      <span aria-hidden>—</span>
      <VisuallyHidden>{text('notAvailable')}</VisuallyHidden>
    </span>
  )
}

function Mark({ isHeld }: { readonly isHeld: boolean }) {
  return (
    <>
      {isHeld ? (
        <IconCheck size={18} color="var(--mantine-color-green-text)" aria-hidden />
      ) : (
        <IconX size={14} className={classes.absent} aria-hidden />
      )}
      <VisuallyHidden>{isHeld ? text('granted') : text('notGranted')}</VisuallyHidden>
    </>
  )
}

function Locked({ isHeld }: { readonly isHeld: boolean }) {
  return (
    <span className={classes.absent} title={text('cannotGrant')}>
      {isHeld && <Mark isHeld />}
      <IconLock size={16} aria-hidden />
      <VisuallyHidden>{text('cannotGrant')}</VisuallyHidden>
    </span>
  )
}
