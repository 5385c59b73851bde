import { CloseButton, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** How long one has stopped typing before the list is asked for. */
const PAUSE_MS = 250

type SearchBoxProps = {
  /** What is searched for by what, such as "Search by name or e-mail". */
  readonly label: string
  /** What the address says. */
  readonly value: string
  readonly onSearch: (value: string) => void
}

/** Searches a list, a moment after one has stopped typing. */
export function SearchBox({ label, value, onSearch }: SearchBoxProps) {
  const [typed, setTyped] = useState(value)
  const asked = useRef(value)
  const search = useRef(onSearch)
  search.current = onSearch
  useEffect(() => {
    // The address changed by itself: Back, a link, cleared filters.
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
