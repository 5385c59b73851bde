import { Alert, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { catalogue } from '../messages/catalogue.ts'
import type { Operation } from './api.ts'
import { LineList } from './line-list.tsx'
import messages from './messages.json'
import { operationName } from './operation-name.ts'
import { RemovedPermissions } from './removed-permissions.tsx'
import type { TableChanges } from './table-changes.ts'

const text = catalogue(messages)

type TableChangeListProps = {
  readonly changes: TableChanges
  readonly apiId: string
  /** The operations that require a removed permission. */
  readonly affected: readonly Operation[]
}

/** Describes the changes that saving a permission table makes. */
export function TableChangeList({ changes, apiId, affected }: TableChangeListProps) {
  const { added, removed, described, isReordered } = changes
  return (
    <Stack>
      {added.length > 0 && (
        <div>
          <Title order={3}>{text('addedPermissions', { count: added.length })}</Title>
          <LineList lines={added} isCode />
          <Text size="sm" c="dimmed">
            {text('addedHint')}
          </Text>
        </div>
      )}
      {removed.length > 0 && <RemovedPermissions removed={removed} apiId={apiId} />}
      {affected.length > 0 && (
        <Alert
          color="orange"
          icon={<IconAlertTriangle aria-hidden />}
          title={text('affectedOperations', { count: affected.length })}
        >
          <LineList lines={affected.map(operationName)} isCode />
          <Text size="sm">{text('affectedOperationsHint')}</Text>
        </Alert>
      )}
      {described.length > 0 && (
        <div>
          <Title order={3}>{text('descriptionsChanged', { count: described.length })}</Title>
          <LineList
            lines={described.map((one) =>
              one.to === '' ? text('descriptionRemoved', one) : text('descriptionChanged', one),
            )}
          />
        </div>
      )}
      {isReordered && <Text>{text('reordered')}</Text>}
    </Stack>
  )
}
