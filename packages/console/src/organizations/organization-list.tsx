import { Anchor, Badge, Button, Group, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { clientFor } from '../api/clients.ts'
import type { Column } from '../components/data-table.tsx'
import { Instant } from '../components/instant.tsx'
import { SearchedList } from '../components/searched-list.tsx'
import { list } from '../components/time.ts'
import { catalogue } from '../messages/catalogue.ts'
import { featureName, featureNames, featuresOn, type Organization } from './features.ts'
import messages from './messages.json'

const text = catalogue(messages)

type OrganizationListProps = {
  /** Undefined without permission to edit organizations. */
  readonly onEdit: ((id: string) => void) | undefined
}

/**
 * The table of organizations. Search and page are in the URL. A name links to the organization's
 * credentials.
 */
export function OrganizationList({ onEdit }: OrganizationListProps) {
  return (
    <SearchedList
      // Independent of the organization that the page acts for.
      queryKey={['organizations', 'list']}
      load={(address) => clientFor().organizations.list(address)}
      columns={columnsFor(onEdit)}
      searchLabel={text('search')}
      tableLabel={text('table')}
      failure={text('failed')}
      noMatches={text('noMatches')}
    />
  )
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
        aria-label={text('editNamed', { name })}
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
