import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useActing } from '../../api/acting.ts'
import { useCan, useCurrentSession } from '../../api/session.ts'
import { Combobox } from '../../components/combobox.tsx'
import type { ComboboxOption } from '../../components/combobox-list.tsx'
import { filterOptions } from '../../components/filter-options.ts'

type OrganizationComboboxProps = {
  readonly label: string
  readonly description?: string
  readonly value: string
  readonly onChoose: (id: string) => void
  /** Options listed first, such as organizations with their own credentials. */
  readonly first?: readonly ComboboxOption[]
  readonly error?: string
  readonly isFirst?: boolean
}

const OFFERED = 50

/** Selects an organization by typing. Members who cannot read organizations only see their own. */
export function OrganizationCombobox(props: OrganizationComboboxProps) {
  const { first = [], ...rest } = props
  const { client, scope } = useActing()
  const { organization } = useCurrentSession()
  const [q, setQ] = useState('')
  const found = useQuery({
    queryKey: [...scope, 'organizations', 'list', { q, limit: OFFERED }],
    queryFn: () => client.organizations.list({ q: q || undefined, limit: OFFERED }),
    enabled: useCan('ORGANIZATION_READ'),
    placeholderData: keepPreviousData,
  })
  const offered = found.data?.data ?? [organization]
  const all = [
    ...filterOptions(first, q),
    ...offered.map(({ id, name }) => ({ value: id, label: name })),
  ]
  const choices = all.filter(
    ({ value }, index) => all.findIndex((one) => one.value === value) === index,
  )
  // Keeps the label of the selected organization after the search is cleared.
  const [picked, setPicked] = useState<ComboboxOption>()
  const isMissing = q === '' && picked !== undefined && !choices.some(isSame(picked))
  return (
    <Combobox
      {...rest}
      options={isMissing ? [picked, ...choices] : choices}
      onSelect={(id) => {
        setPicked(choices.find(({ value }) => value === id) ?? picked)
        props.onChoose(id)
      }}
      onSearch={setQ}
      isSearching={found.isPlaceholderData || found.data === undefined}
      hasMore={found.data !== undefined && found.data.nextCursor !== null}
    />
  )
}

function isSame(one: ComboboxOption): (other: ComboboxOption) => boolean {
  return (other) => other.value === one.value
}
