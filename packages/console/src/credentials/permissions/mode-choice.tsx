import { Radio, Stack } from '@mantine/core'
import { useState } from 'react'
import { number } from '../../components/time.ts'
import { catalogue } from '../../messages/catalogue.ts'
import messages from './messages.json'
import { ALL, type PermissionRow, READ, setCells } from './permission-rows.ts'

const text = catalogue(messages)

type Mode = 'choose' | 'read' | 'all'

/** Returns the selection mode: the one the member chose, or the one that matches the selection. */
export function useMode(rows: readonly PermissionRow[], selected: ReadonlySet<string>) {
  const [chosenMode, setChosenMode] = useState<Mode>()
  const matches = (name: Mode): boolean => {
    const wanted = selectionOf(name, rows, selected)
    return wanted.size > 0 && wanted.size === selected.size && isWithin(wanted, selected)
  }
  const isChosenModeCurrent =
    chosenMode !== undefined && (chosenMode === 'choose' || matches(chosenMode))
  const mode: Mode = isChosenModeCurrent
    ? chosenMode
    : matches('all')
      ? 'all'
      : matches('read')
        ? 'read'
        : 'choose'
  return { mode, setMode: setChosenMode }
}

type ModeChoiceProps = {
  readonly rows: readonly PermissionRow[]
  readonly selected: ReadonlySet<string>
  readonly mode: Mode
  readonly total: number
  readonly onChange: (mode: Mode, selected: ReadonlySet<string>) => void
}

/** Selects permissions individually, all read permissions, or all permissions. */
export function ModeChoice({ rows, selected, mode, total, onChange }: ModeChoiceProps) {
  const count = selectionOf('all', rows, new Set()).size
  const choose = (value: string): void => {
    const chosen = modes.find((known) => known === value) ?? 'choose'
    onChange(chosen, selectionOf(chosen, rows, selected))
  }
  return (
    <Radio.Group aria-label={text('mode')} value={mode} onChange={choose}>
      <Stack gap="xs">
        <Radio value="choose" label={text('modeChoose')} />
        <Radio value="read" label={text('modeRead')} />
        <Radio
          value="all"
          label={text('modeAll')}
          description={
            count === total
              ? text('modeAllHint', { count })
              : text('modeAllGrantableHint', { count: number(count), total: number(total) })
          }
        />
      </Stack>
    </Radio.Group>
  )
}

const modes = ['choose', 'read', 'all'] as const

function selectionOf(
  mode: Mode,
  rows: readonly PermissionRow[],
  selected: ReadonlySet<string>,
): ReadonlySet<string> {
  if (mode === 'choose') return selected
  return setCells(selected, rows, () => (mode === 'read' ? READ : ALL))
}

function isWithin(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return [...some].every((item) => others.has(item))
}
