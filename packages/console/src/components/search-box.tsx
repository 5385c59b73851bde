import { CloseButton, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** Debounce delay. */
const PAUSE_MS = 250

type SearchBoxProps = {
  /** Label, such as "Search by name or e-mail". */
  readonly label: string
  /** The search text in the URL. */
  readonly value: string
  readonly onSearch: (value: string) => void
}

/** A search input with debounce. */
export function SearchBox({ label, value, onSearch }: SearchBoxProps) {
  const [typed, setTyped] = useState(value)
  const asked = useRef(value)
  const search = useRef(onSearch)
  search.current = onSearch
  useEffect(() => {
    // The URL has changed otherwise: Back, a link or cleared filters.
    if (value === asked.current) return
    asked.current = value
    setTyped(value)
  }, [value])
  useEffect(() => {
    if (typed === asked.current) return undefined
    const timer = setTimeout(() => {
      asked.current = typed
      search.current(typed)
    }, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [typed])
  return (
    <search>
      <TextInput
        type="search"
        aria-label={label}
        placeholder={label}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        maxLength={256}
        w={{ base: '100%', xs: 320 }}
        leftSection={<IconSearch size={16} aria-hidden />}
        rightSection={
          typed !== '' && (
            <CloseButton size="sm" aria-label={text('clearSearch')} onClick={() => setTyped('')} />
          )
        }
      />
    </search>
  )
}
