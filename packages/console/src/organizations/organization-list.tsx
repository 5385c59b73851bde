import type { Keyporter } from '@keyporter/sdk'
import { Anchor, Badge, Button, Group, Stack, Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useRouter, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { clientFor } from '../api/clients.ts'
import { announce } from '../components/announcer.tsx'
import { DataArea, NoneMatch } from '../components/data-area.tsx'
import { type Column, CursorPages, DataTable } from '../components/data-table.tsx'
import { Instant } from '../components/instant.tsx'
import { SearchBox } from '../components/search-box.tsx'
import { list } from '../components/time.ts'
import { catalogue } from '../messages/catalogue.ts'
import { featureName, featureNames, featuresOn, type Organization } from './features.ts'
import messages from './messages.json'

const text = catalogue(messages)

type OrganizationListProps = {
  /** Undefined for who may not change one. */
  readonly onEdit: ((id: string) => void) | undefined
}

/** The organizations, by search and page; both stand in the address. A name leads to acting for it. */
export function OrganizationList({ onEdit }: OrganizationListProps) {
  const { q = '', cursor }: { readonly q?: string; readonly cursor?: string } = useSearch({
    strict: false,
  })
  const navigate = useNavigate()
  const { history } = useRouter()
  const organizations = useQuery({
    // Of the operator, whatever organization the page acts for.
    queryKey: ['organizations', 'list', { q, cursor }],
    queryFn: () => clientFor().organizations.list({ ...(q === '' ? {} : { q }), cursor }),
    placeholderData: keepPreviousData,
  })
  useFoundAnnounced(q, organizations.isPlaceholderData ? undefined : organizations.data)
  const put = (next: { readonly q?: string; readonly cursor?: string }, replace = false): void =>
    void navigate({
      to: '.',
      search: (before: Record<string, unknown>) => ({ ...before, cursor: undefined, ...next }),
      replace,
    })
  const search = (typed: string): void => put({ q: typed === '' ? undefined : typed }, true)
  return (
    <Stack gap="md">
      <SearchBox label={text('search')} value={q} onSearch={search} />
      <DataArea
        query={organizations}
        failure={text('failed')}
        isEmpty={({ data }) => data.length === 0}
        empty={<NoneMatch onClear={() => search('')}>{text('noneMatch')}</NoneMatch>}
      >
        {({ data, nextCursor }) => (
          <div>
            <DataTable
              label={text('table')}
              columns={columnsFor(onEdit)}
              rows={data}
              rowKey={({ id }) => id}
              isBusy={organizations.isPlaceholderData}
            />
            <CursorPages
              nextCursor={nextCursor}
              cursor={cursor}
              onNext={(next) => put({ cursor: next })}
              onPrevious={() => history.back()}
            />
          </div>
        )}
      </DataArea>
    </Stack>
  )
}

type Found = Awaited<ReturnType<Keyporter['organizations']['list']>>

/** Says how many were found, to who cannot see it. */
function useFoundAnnounced(q: string, found: Found | undefined): void {
  useEffect(() => {
    if (q === '' || found === undefined) return
    const count = found.data.length
    announce(text(found.nextCursor === null ? 'found' : 'foundMore', { count }))
  }, [q, found])
}

function columnsFor(onEdit: OrganizationListProps['onEdit']): readonly Column<Organization>[] {
  const columns: readonly Column<Organization>[] = [
    { key: 'name', title: text('name'), render: (one) => <Name organization={one} /> },
    {
      key: 'slug',
      title: text('slug'),
      render: ({ slug }) => (
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {slug}
        </Text>
      ),
    },
    {
      key: 'features',
      title: text('features'),
      render: ({ features }) => describeFeatures(features),
    },
    {
      key: 'lifetime',
      title: text('lifetime'),
      render: ({ policy }) => text('days', { count: policy.maxLifetimeDays }),
    },
    {
      key: 'created',
      title: text('created'),
      render: ({ createdAt }) => <Instant at={createdAt} />,
    },
  ]
  if (onEdit === undefined) return columns
  const edit: Column<Organization> = {
    key: 'actions',
    title: text('actions'),
    render: ({ id, name }) => (
      <Button
        size="compact-sm"
        variant="default"
        aria-label={text('editWhat', { name })}
        onClick={() => onEdit(id)}
      >
        {text('edit')}
      </Button>
    ),
  }
  return [...columns, edit]
}

function Name({ organization }: { readonly organization: Organization }) {
  const { id, name, operator } = organization
  return (
    <Group gap="xs">
      <Anchor
        fw={600}
        style={{ overflowWrap: 'anywhere' }}
        renderRoot={(props) => (
          <Link {...props} to="/credentials" search={{ organization: operator ? undefined : id }} />
        )}
      >
        {name}
      </Anchor>
      {operator && <Badge color="blue">{text('operator')}</Badge>}
    </Group>
  )
}

function describeFeatures(features: Organization['features']): string {
  const on = featuresOn(features)
  if (on.length === featureNames.length) return text('allFeatures')
  return on.length === 0 ? text('noFeatures') : list(on.map(featureName))
}
