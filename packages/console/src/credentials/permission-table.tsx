import { Alert, Button, Group, Stack, TextInput, VisuallyHidden } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { announce } from '../components/announcer.tsx'
import { list } from '../components/time.ts'
import { catalogue } from '../messages/catalogue.ts'
import { AllRow } from './permissions/all-row.tsx'
import { moveBetweenCells } from './permissions/cell-keys.ts'
import messages from './permissions/messages.json'
import { ModeChoice, useMode } from './permissions/mode-choice.tsx'
import { PermissionRowView } from './permissions/permission-row.tsx'
import {
  type Cells,
  columns,
  heldCells,
  type PermissionApi,
  type PermissionRow,
  permissionRows,
  READ,
  rowsWithoutRead,
  setCells,
} from './permissions/permission-rows.ts'
import classes from './permissions/permissions.module.css'
import { SelectionFooter } from './permissions/selection-footer.tsx'

const text = catalogue(messages)

type PermissionTableProps = {
  readonly api: PermissionApi
  readonly selected: ReadonlySet<string>
  /** Undefined for a read-only table. */
  readonly onChange?: (selected: ReadonlySet<string>) => void
  /** The accessible name of the table. */
  readonly label: string
}

/** Shorter tables need no search box. */
const SEARCHED_FROM = 8

/** The permissions of a credential: resources × Read, Write and Delete. It never selects a permission by itself. */
export function PermissionTable({ api, selected, onChange, label }: PermissionTableProps) {
  const rows = useMemo(() => permissionRows(api), [api])
  const [search, setSearch] = useState('')
  const shown = useMemo(() => rows.filter((row) => isMatch(row, search)), [rows, search])
  const { mode, setMode } = useMode(rows, selected)
  const change = (next: ReadonlySet<string>): void => {
    setMode('choose')
    onChange?.(next)
  }
  const setRow = useRowSetter(selected, change)
  const isOpen = onChange !== undefined
  return (
    <Stack gap="md">
      {isOpen && (
        <ModeChoice
          rows={rows}
          selected={selected}
          mode={mode}
          total={api.scopes.length}
          onChange={(chosen, next) => {
            setMode(chosen)
            onChange(next)
          }}
        />
      )}
      {rows.length >= SEARCHED_FROM && (
        <Search value={search} count={shown.length} onChange={setSearch} />
      )}
      {/* A scrollable region must be focusable (WCAG 2.1.1). */}
      <section className={classes.region} tabIndex={0} aria-label={label}>
        <table className={classes.table} aria-label={label} onKeyDown={moveBetweenCells}>
          <thead>
            <tr>
              <th scope="col">{text('resource')}</th>
              {columns.map((action) => (
                <th key={action} scope="col" className={classes.mark}>
                  {text(action)}
                </th>
              ))}
              {isOpen && <th scope="col">{text('shortcut')}</th>}
            </tr>
            {isOpen && shown.length > 1 && (
              <AllRow
                rows={shown}
                isPart={shown.length < rows.length}
                selected={selected}
                onSetAll={(wanted) => change(setCells(selected, shown, wanted))}
              />
            )}
          </thead>
          <tbody>
            {shown.map((row) => (
              <PermissionRowView
                key={row.resource}
                row={row}
                held={heldCells(row, selected)}
                onSet={isOpen ? setRow : undefined}
              />
            ))}
            {shown.length === 0 && (
              <tr>
                <td colSpan={columns.length + 2}>{text('noneMatch')}</td>
              </tr>
            )}
          </tbody>
        </table>
      </section>
      {isOpen && <ReadHint rows={rows} selected={selected} onChange={change} />}
      <SelectionFooter
        scopes={api.scopes}
        selected={selected}
        onClear={isOpen ? () => change(setCells(selected, rows, () => 0)) : undefined}
      />
    </Stack>
  )
}

type Change = (selected: ReadonlySet<string>) => void

/** Returns a stable function, so that memoized rows do not rerender. */
function useRowSetter(selected: ReadonlySet<string>, change: Change) {
  const latest = useRef({ selected, change })
  useEffect(() => {
    latest.current = { selected, change }
  })
  return useCallback((row: PermissionRow, cells: Cells): void => {
    const now = latest.current
    now.change(setCells(now.selected, [row], () => cells))
  }, [])
}

type SearchProps = {
  readonly value: string
  readonly count: number
  readonly onChange: (value: string) => void
}

function Search({ value, count, onChange }: SearchProps) {
  return (
    <search>
      <TextInput
        type="search"
        aria-label={text('search')}
        placeholder={text('search')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        // Enter would submit the surrounding form.
        onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
      />
      <VisuallyHidden aria-live="polite">
        {value.trim() === '' ? '' : text('found', { count })}
      </VisuallyHidden>
    </search>
  )
}

type ReadHintProps = {
  readonly rows: readonly PermissionRow[]
  readonly selected: ReadonlySet<string>
  readonly onChange: Change
}

/** Further resources are counted, not named. */
const NAMED_MAX = 3

function ReadHint({ rows, selected, onChange }: ReadHintProps) {
  const without = rowsWithoutRead(rows, selected)
  if (without.length === 0) return null
  const names = without.map(({ resource }) => resource)
  const rest = names.length - NAMED_MAX
  const named = list(
    rest > 1 ? [...names.slice(0, NAMED_MAX), text('andMore', { count: rest })] : names,
  )
  const add = (): void => {
    onChange(setCells(selected, without, (_, held) => held | READ))
    announce(text('readAdded', { resources: named }))
  }
  return (
    <Alert color="blue" p="xs">
      <Group justify="space-between" gap="xs">
        <span>{text('readHint', { resources: named })}</span>
        <Button size="xs" variant="default" onClick={add}>
          {text('addRead')}
        </Button>
      </Group>
    </Alert>
  )
}

function isMatch({ resource, description, scopes }: PermissionRow, search: string): boolean {
  const wanted = search.trim().toLowerCase()
  return [resource, description, ...scopes].some((word) => word?.toLowerCase().includes(wanted))
}
