import { useEffect, useRef } from 'react'
import { announce } from '../../components/announcer.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import messages from './messages.json'
import {
  ALL,
  type Cells,
  columnState,
  columns,
  heldCells,
  type PermissionRow,
} from './permission-rows.ts'
import classes from './permissions.module.css'
import { ShortcutSelect } from './shortcut-select.tsx'

const text = catalogue(messages)

type AllRowProps = {
  /** The visible rows. */
  readonly rows: readonly PermissionRow[]
  /** Whether a search hides some rows. */
  readonly isPart: boolean
  readonly selected: ReadonlySet<string>
  readonly onSetAll: (wanted: (row: PermissionRow, held: Cells) => Cells) => void
}

/** The row with checkboxes that select a whole column of the visible rows. */
export function AllRow({ rows, isPart, selected, onSetAll }: AllRowProps) {
  const open = rows.reduce((cells, row) => cells | row.open, 0)
  return (
    <tr>
      <th scope="row">{isPart ? text('allRowShown', { count: rows.length }) : text('allRow')}</th>
      {columns.map((action, column) => (
        <td key={action} className={classes.mark}>
          <ColumnBox
            label={text(isPart ? 'allCellShown' : 'allCell', { action: text(action) })}
            {...columnState(rows, selected, column)}
            onSet={(isOn) => {
              const bit = 1 << column
              onSetAll((_, held) => (isOn ? held | bit : held & ~bit))
            }}
          />
        </td>
      ))}
      <td className={classes.shortcut}>
        <ShortcutSelect
          label={isPart ? text('setAllShown') : text('setAll')}
          open={open & ALL}
          held={commonCells(rows, selected, open)}
          onSet={(cells) => onSetAll(() => cells)}
        />
      </td>
    </tr>
  )
}

type ColumnBoxProps = {
  readonly label: string
  readonly open: number
  readonly held: number
  readonly onSet: (isOn: boolean) => void
}

function ColumnBox({ label, open, held, onSet }: ColumnBoxProps) {
  const box = useRef<HTMLInputElement>(null)
  const isMixed = held > 0 && held < open
  useEffect(() => {
    // `indeterminate` is only a DOM property.
    if (box.current !== null) box.current.indeterminate = isMixed
  }, [isMixed])
  if (open === 0) return null
  return (
    <input
      ref={box}
      type="checkbox"
      className={classes.box}
      aria-label={label}
      checked={held === open}
      onChange={() => {
        const isOn = held < open
        onSet(isOn)
        announce(text('allCellSelected', { cell: label, count: isOn ? open : 0 }))
      }}
    />
  )
}

/** Returns the selection that all rows share; undefined if they differ. */
function commonCells(
  rows: readonly PermissionRow[],
  selected: ReadonlySet<string>,
  open: Cells,
): Cells | undefined {
  const usable = rows.filter((row) => row.open !== 0)
  return [0, 1, 3, ALL]
    .map((cells) => cells & open)
    .find((cells) =>
      usable.every((row) => (heldCells(row, selected) & row.open) === (cells & row.open)),
    )
}
