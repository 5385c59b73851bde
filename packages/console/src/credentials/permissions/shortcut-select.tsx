import { catalogue } from '../../messages/catalogue.ts'
import messages from './messages.json'
import { type Cells, rowShortcuts, type Shortcut } from './permission-rows.ts'
import classes from './permissions.module.css'

const text = catalogue(messages)

const labels = {
  none: 'none',
  read: 'readOnly',
  readWrite: 'readWrite',
  full: 'full',
} as const satisfies Record<Shortcut, keyof typeof messages>

type ShortcutSelectProps = {
  readonly label: string
  /** The cells that can be selected. */
  readonly open: Cells
  /** The selected cells; undefined if rows differ. */
  readonly held: Cells | undefined
  readonly onSet: (cells: Cells) => void
}

/** Selects several cells at once: none, Read, Read and write, or all. */
export function ShortcutSelect({ label, open, held, onSet }: ShortcutSelectProps) {
  const offered = rowShortcuts(open)
  if (offered.length < 2) return null
  const isOffered = offered.some(({ cells }) => cells === held)
  return (
    <select
      className={classes.select}
      aria-label={label}
      value={isOffered ? String(held) : ''}
      onChange={(event) => onSet(Number(event.currentTarget.value))}
    >
      {!isOffered && (
        <option value="" disabled>
          {text('custom')}
        </option>
      )}
      {offered.map(({ name, cells }) => (
        <option key={name} value={String(cells)}>
          {text(labels[name])}
        </option>
      ))}
    </select>
  )
}
