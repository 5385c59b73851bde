import { NativeSelect, Paper, SimpleGrid, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useActing } from '../../api/acting.ts'
import { useCan, useCurrentSession } from '../../api/session.ts'
import { catalogue } from '../../messages/catalogue.ts'
import type { Credential } from '../credential.ts'
import type { ApiSummary } from './credentials-query.ts'
import type { ListState } from './list-search.ts'
import messages from './messages.json'

const text = catalogue(messages)

type FilterPanelProps = {
  readonly id: string
  readonly state: ListState
  readonly apis: readonly ApiSummary[]
  /** The rows of the page. Their creators are offered as filters. */
  readonly rows: readonly Credential[]
}

/** The filters besides search and status. */
export function FilterPanel({ id, state, apis, rows }: FilterPanelProps) {
  const { search, change } = state
  const creators = useCreators(rows, search.createdById)
  return (
    <Paper
      id={id}
      role="group"
      aria-label={text('filter.panel')}
      withBorder
      p="md"
      radius="lg"
      bg="var(--kp-surface)"
      style={{ borderColor: 'var(--kp-line)' }}
    >
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
        {apis.length > 0 && (
          <NativeSelect
            label={text('filter.permission')}
            value={search.permission ?? ''}
            onChange={(event) => change({ permission: event.currentTarget.value || undefined })}
            data={permissionChoices(apis, search.permission)}
          />
        )}
        {apis.length > 1 && (
          <NativeSelect
            label={text('filter.api')}
            value={search.apiId ?? ''}
            onChange={(event) => change({ apiId: event.currentTarget.value || undefined })}
            data={[
              { value: '', label: text('filter.anyApi') },
              ...apis.map(({ id: value, name }) => ({ value, label: name })),
            ]}
          />
        )}
        <NativeSelect
          label={text('filter.kind')}
          value={search.kind ?? ''}
          onChange={(event) => change({ kind: event.currentTarget.value || undefined })}
          data={[
            { value: '', label: text('filter.anyKind') },
            { value: 'scoped', label: text('scoped') },
            { value: 'full_access', label: text('fullAccess') },
          ]}
        />
        <NativeSelect
          label={text('filter.createdBy')}
          value={search.createdById ?? ''}
          onChange={(event) => change({ createdById: event.currentTarget.value || undefined })}
          data={[{ value: '', label: text('filter.anyCreator') }, ...creators]}
        />
        {(['expiresFrom', 'expiresTo'] as const).map((name) => (
          <TextInput
            key={name}
            type="date"
            label={text(`filter.${name}`)}
            value={search[name] ?? ''}
            onChange={(event) => change({ [name]: event.currentTarget.value || undefined })}
          />
        ))}
      </SimpleGrid>
    </Paper>
  )
}

type Choice = { readonly value: string; readonly label: string }

function permissionChoices(
  apis: readonly ApiSummary[],
  chosen: string | undefined,
): (Choice | { group: string; items: string[] })[] {
  const isKnown = apis.some(({ scopes }) => chosen !== undefined && scopes.includes(chosen))
  return [
    { value: '', label: text('filter.anyPermission') },
    // The URL may name a permission that no longer exists.
    ...(chosen === undefined || isKnown ? [] : [{ value: chosen, label: chosen }]),
    ...apis.map(({ name, scopes }) => ({ group: name, items: [...scopes] })),
  ]
}

const MEMBERS_MAX = 100

/** Returns the member, the creators of the visible rows and, if readable, all members. */
function useCreators(rows: readonly Credential[], chosen: string | undefined): Choice[] {
  const { client, scope } = useActing()
  const { actor } = useCurrentSession()
  const members = useQuery({
    queryKey: [...scope, 'members', 'list', 'creators'],
    queryFn: () => client.members.list({ limit: MEMBERS_MAX }),
    enabled: useCan('MEMBER_READ'),
  })
  const names = new Map<string, string>()
  if (actor.id !== null) names.set(actor.id, text('me', { name: actor.name }))
  const others = [...rows.map(({ createdBy }) => createdBy), ...(members.data?.data ?? [])]
  for (const { id, name } of others) if (id !== null && !names.has(id)) names.set(id, name)
  if (chosen !== undefined && !names.has(chosen)) names.set(chosen, chosen)
  return Array.from(names, ([value, label]) => ({ value, label }))
}
