import { Alert, Checkbox, Radio, Stack, Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useActing } from '../api/acting.ts'
import { DataArea } from '../components/data-area.tsx'
import { SearchBox } from '../components/search-box.tsx'
import { catalogue } from '../messages/catalogue.ts'
import type { Api } from './api.ts'
import messages from './messages.json'
import classes from './table-editor.module.css'

const text = catalogue(messages)

type Chosen = Api['organizations']

type OrganizationChoiceProps = {
  readonly chosen: Chosen
  readonly onChoose: (chosen: Chosen) => void
  readonly error: string | undefined
}

/** Selects the organizations that can create credentials for an API: all, or a list. */
export function OrganizationChoice({ chosen, onChoose, error }: OrganizationChoiceProps) {
  // Restores the selection after a switch to "all" and back.
  const [ticked, setTicked] = useState<readonly string[]>(chosen === 'all' ? [] : chosen)
  const choose = (ids: readonly string[]): void => {
    setTicked(ids)
    onChoose([...ids])
  }
  return (
    <Stack gap="xs">
      <Radio.Group
        label={text('grantedTo')}
        description={text('grantedToHint')}
        value={chosen === 'all' ? 'all' : 'some'}
        onChange={(value) => onChoose(value === 'all' ? 'all' : [...ticked])}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="all" label={text('allOrganizations')} />
          <Radio value="some" label={text('someOrganizations')} />
        </Stack>
      </Radio.Group>
      {error !== undefined && <Alert color="red">{error}</Alert>}
      {chosen !== 'all' && <Choices chosen={chosen} onChoose={choose} />}
    </Stack>
  )
}

type ChoicesProps = {
  readonly chosen: readonly string[]
  readonly onChoose: (ids: readonly string[]) => void
}

function Choices({ chosen, onChoose }: ChoicesProps) {
  const { client, scope } = useActing()
  const [q, setQ] = useState('')
  const organizations = useQuery({
    queryKey: [...scope, 'organizations', 'list', { q, limit: 100 }],
    queryFn: () => client.organizations.list({ q: q || undefined, limit: 100 }),
    placeholderData: keepPreviousData,
  })
  const toggle = (id: string): void =>
    onChoose(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id])
  return (
    <Stack gap="xs">
      <SearchBox label={text('searchOrganizations')} value={q} onSearch={setQ} />
      <Text size="sm" role="status" c={chosen.length === 0 ? 'orange' : 'dimmed'}>
        {text('organizationsSelected', { count: chosen.length })}
      </Text>
      <DataArea query={organizations} failure={text('organizationsFailed')}>
        {({ data, nextCursor }) => (
          <div className={classes.choices} role="group" aria-label={text('someOrganizations')}>
            <Stack gap={8}>
              {data.map(({ id, name }) => (
                <Checkbox
                  key={id}
                  label={name}
                  checked={chosen.includes(id)}
                  onChange={() => toggle(id)}
                  styles={{ label: { overflowWrap: 'anywhere' } }}
                />
              ))}
              {data.length === 0 && <Text size="sm">{text('noOrganizationMatches')}</Text>}
              {nextCursor !== null && (
                <Text size="sm" c="dimmed">
                  {text('moreOrganizations')}
                </Text>
              )}
            </Stack>
          </div>
        )}
      </DataArea>
    </Stack>
  )
}
