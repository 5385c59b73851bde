import { TextInput } from '@mantine/core'
import { IconSelector } from '@tabler/icons-react'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import { announce } from './announcer.tsx'
import { ComboboxList, type ComboboxOption } from './combobox-list.tsx'
import { filterOptions } from './filter-options.ts'
import messages from './messages.json'

const text = catalogue(messages)

type ComboboxProps = {
  readonly label: string
  readonly description?: ReactNode
  readonly placeholder?: string
  readonly value: string
  readonly options: readonly ComboboxOption[]
  readonly onSelect: (value: string) => void
  /** Called with the input's text, for options that the server searches. */
  readonly onSearch?: (typed: string) => void
  /**
   * Whether the options do not belong to the current input yet, because the search runs or failed.
   * They are filtered here meanwhile.
   */
  readonly isSearching?: boolean
  /** Whether more options exist than were given. */
  readonly hasMore?: boolean
  readonly error?: ReactNode
  readonly isFirst?: boolean
}

/**
 * State of the open list: the input's text, whether the text is a search, and the active option.
 */
type Open = { readonly typed: string; readonly isSearch: boolean; readonly active: number }

/** Selects one of many options by typing (ARIA APG: combobox with list autocomplete). */
export function Combobox(props: ComboboxProps) {
  const { options, value, onSelect, onSearch, isSearching = false, hasMore = false } = props
  const id = useId()
  const field = useRef<HTMLInputElement>(null)
  const [state, setState] = useState<Open>()
  const shown = options.find((option) => option.value === value)?.label ?? value
  // Enter selects the first option, so it must match the input before the server has responded.
  const isFilteredHere = onSearch === undefined || isSearching
  const matches =
    state?.isSearch === true && isFilteredHere ? filterOptions(options, state.typed) : options
  const active = Math.min(state?.active ?? 0, matches.length - 1)
  const open = (): void => {
    const place = options.findIndex((option) => option.value === value)
    setState({ typed: shown, isSearch: false, active: Math.max(0, place) })
    field.current?.select()
  }
  const close = (): void => {
    setState(undefined)
    if (state?.isSearch === true) onSearch?.('')
  }
  const select = (option: ComboboxOption | undefined): void => {
    if (option !== undefined) onSelect(option.value)
    close()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const isArrow = event.key === 'ArrowDown' || event.key === 'ArrowUp'
    if (state === undefined) {
      if (!isArrow) return
      open()
    } else if (isArrow && matches.length > 0) {
      const step = event.key === 'ArrowDown' ? 1 : matches.length - 1
      setState({ ...state, active: (active + step) % matches.length })
    } else if (event.key === 'Enter') select(matches[active])
    else if (event.key === 'Escape') close()
    else return
    // Keeps the key from submitting the form or closing the dialog.
    event.preventDefault()
    event.stopPropagation()
  }
  useFoundAnnounced(state, matches.length)
  return (
    <>
      <TextInput
        ref={field}
        label={props.label}
        description={props.description}
        error={props.error}
        placeholder={props.placeholder}
        value={state?.typed ?? shown}
        onChange={(event) => {
          const typed = event.currentTarget.value
          setState({ typed, isSearch: true, active: 0 })
          onSearch?.(typed)
        }}
        onClick={() => state === undefined && open()}
        onBlur={close}
        onKeyDown={onKeyDown}
        rightSection={<IconSelector size={16} aria-hidden />}
        rightSectionPointerEvents="none"
        role="combobox"
        aria-expanded={state !== undefined}
        aria-controls={state === undefined ? undefined : id}
        aria-autocomplete="list"
        aria-activedescendant={
          state === undefined || matches.length === 0 ? undefined : `${id}-${active}`
        }
        autoComplete="off"
        spellCheck={false}
        data-autofocus={props.isFirst}
      />
      {state !== undefined && (
        <ComboboxList
          id={id}
          label={props.label}
          field={field}
          options={matches}
          value={value}
          active={active}
          hasMore={hasMore}
          onSelect={select}
        />
      )}
    </>
  )
}

/** Announces the number of options to screen readers. */
function useFoundAnnounced(state: Open | undefined, count: number): void {
  const typed = state?.isSearch === true ? state.typed : undefined
  useEffect(() => {
    if (typed !== undefined) announce(text('choicesFound', { count }))
  }, [typed, count])
}
