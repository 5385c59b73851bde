import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useActing } from '../api/acting.ts'
import { useCan } from '../api/session.ts'
import { useTimeZone } from '../components/instant.tsx'
import { instantOfLocal, localOfInstant } from '../components/local-time.ts'
import { catalogue } from '../messages/catalogue.ts'
import { actionName, namedActions } from './actions.ts'
import classes from './audit.module.css'
import { type AuditFilters, isRange, ranges } from './filters.ts'
import messages from './messages.json'

const text = catalogue(messages)

const CUSTOM = 'custom'
/** Size of the selection list of members. */
const OPTIONS_MAX = 100

type FilterBarProps = {
  readonly filters: AuditFilters
  /** Whether the list already shows one target only. */
  readonly isOfTarget: boolean
}

/** Filters by time, action, actor, target and result. */
export function FilterBar({ filters, isOfTarget }: FilterBarProps) {
  const { search, set } = filters
  const { range, from, to, action = '', result = '' } = search
  const isCustom = range === CUSTOM || (!isRange(range) && (from ?? to) !== undefined)
  const chooseRange = (chosen: string): void =>
    set({ range: chosen === '' ? undefined : chosen, from: undefined, to: undefined })
  return (
    <search className={classes.filters} aria-label={text('filters')}>
      <NativeSelect
        label={text('range')}
        value={isCustom ? CUSTOM : (range ?? '')}
        onChange={(event) => chooseRange(event.currentTarget.value)}
        data={[
          { value: '', label: text('range.all') },
          ...Object.keys(ranges)
            .filter(isRange)
            .map((name) => ({ value: name, label: text(`range.${name}`) })),
          { value: CUSTOM, label: text('range.custom') },
        ]}
      />
      {isCustom && <Dates from={from} to={to} set={set} />}
      <NativeSelect
        label={text('action')}
        value={action}
        onChange={(event) => set({ action: event.currentTarget.value || undefined })}
        data={[
          { value: '', label: text('anyAction') },
          ...namedActions.map((name) => ({ value: name, label: actionName(name) })),
        ]}
      />
      <ActorFilter actor={search.actor} set={set} />
      {!isOfTarget && (
        <IdFilter
          key={search.target ?? ''}
          label={text('targetId')}
          value={search.target}
          onChange={(target) => set({ target })}
        />
      )}
      <NativeSelect
        label={text('result')}
        value={result}
        onChange={(event) => set({ result: event.currentTarget.value || undefined })}
        data={[
          { value: '', label: text('anyResult') },
          { value: 'success', label: text('success') },
          { value: 'refused', label: text('rejected') },
        ]}
      />
      {filters.isFiltered && (
        <Button variant="default" onClick={filters.clear}>
          {text('clear')}
        </Button>
      )}
    </search>
  )
}

function Dates({ from, to, set }: Pick<AuditFilters, 'set'> & { from?: string; to?: string }) {
  const timeZone = useTimeZone()
  const zone = timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  const dates = [
    ['from', text('rangeFrom', { zone }), from],
    ['to', text('rangeTo', { zone }), to],
  ] as const
  return dates.map(([name, label, value]) => (
    <TextInput
      key={name}
      type="datetime-local"
      label={label}
      defaultValue={value === undefined ? '' : localOfInstant(value, timeZone)}
      // The input's value is empty while the date is incomplete.
      onChange={({ currentTarget }) =>
        set({ range: CUSTOM, [name]: instantOfLocal(currentTarget.value, timeZone) })
      }
    />
  ))
}

/** Selects a member by name; without permission to list members, an actor by ID. */
function ActorFilter({ actor, set }: Pick<AuditFilters, 'set'> & { actor?: string }) {
  const { client, scope } = useActing()
  const maySee = useCan('MEMBER_READ')
  const members = useQuery({
    queryKey: [...scope, 'members', 'offered'],
    queryFn: () => client.members.list({ limit: OPTIONS_MAX }),
    enabled: maySee,
  })
  const choose = (id: string | undefined): void => set({ actor: id })
  if (members.data === undefined) {
    return <IdFilter key={actor ?? ''} label={text('actorId')} value={actor} onChange={choose} />
  }
  const known = members.data.data
  const isKnown = actor === undefined || known.some(({ id }) => id === actor)
  return (
    <NativeSelect
      label={text('actor')}
      value={actor ?? ''}
      onChange={(event) => choose(event.currentTarget.value || undefined)}
      data={[
        { value: '', label: text('anyActor') },
        ...(isKnown ? [] : [{ value: actor, label: actor }]),
        ...known.map(({ id, name }) => ({ value: id, label: name })),
      ]}
    />
  )
}

type IdFilterProps = {
  readonly label: string
  readonly value: string | undefined
  readonly onChange: (value: string | undefined) => void
}

const TYPING_MS = 400

function IdFilter({ label, value = '', onChange }: IdFilterProps) {
  const [typed, setTyped] = useState(value)
  useEffect(() => {
    if (typed.trim() === value) return undefined
    const timer = setTimeout(() => onChange(typed.trim() || undefined), TYPING_MS)
    return () => clearTimeout(timer)
  }, [typed, value, onChange])
  return (
    <TextInput
      label={label}
      value={typed}
      classNames={{ input: 'mono' }}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => setTyped(event.currentTarget.value)}
    />
  )
}
