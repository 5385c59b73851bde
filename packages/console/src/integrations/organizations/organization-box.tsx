import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useActing } from '../../api/acting.ts'
import { useCan, useWhoAmI } from '../../api/session.ts'
import { ChoiceBox } from '../../components/choice-box.tsx'

type OrganizationBoxProps = {
  readonly label: string
  readonly description?: string
  readonly value: string
  readonly onChoose: (id: string) => void
  /** Choices before all organizations, such as the shared values. */
  readonly first?: readonly { readonly value: string; readonly label: string }[]
  readonly error?: string
  readonly isFirst?: boolean
}

const OFFERED = 50

/** One organization, found by typing: every one for who may see them, else one's own. */
export function OrganizationBox(props: OrganizationBoxProps) {
  const { first = [], ...rest } = props
  const { client, scope } = useActing()
  const { organization } = useWhoAmI()
  const [q, setQ] = useState('')
  const found = useQuery({
    queryKey: [...scope, 'organizations', 'list', { q, limit: OFFERED }],
    queryFn: () => client.organizations.list({ q: q || undefined, limit: OFFERED }),
    enabled: useCan('ORGANIZATION_READ'),
    placeholderData: keepPreviousData,
  })
  const offered = found.data?.data ?? [organization]
  const choices = [...first, ...offered.map(({ id, name }) => ({ value: id, label: name }))]
  return (
    <ChoiceBox
      {...rest}
      choices={choices}
      onSearch={setQ}
      hasMore={found.data !== undefined && found.data.nextCursor !== null}
    />
  )
}
