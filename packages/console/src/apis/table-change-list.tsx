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
  /** The operations that need something that is removed. */
  readonly needing: readonly Operation[]
}

/** What saving a permission table changes, in words. */
export function TableChangeList({ changes, apiId, needing }: TableChangeListProps) {
  const { added, removed, described, isReordered } = changes
  return (
    <Stack>
      {added.length > 0 && (
        <div>
          <Title order={3}>{text('addedPermissions', { count: added.length })}</Title>
          <LineList lines={added} isCode />
          <Text size="sm" c="dimmed">
            {text('addedHint', { count: added.length })}
          </Text>
        </div>
      )}
      {removed.length > 0 && <RemovedPermissions removed={removed} apiId={apiId} />}
      {needing.length > 0 && (
        <Alert
          color="orange"
          icon={<IconAlertTriangle aria-hidden />}
          title={text('needing', { count: needing.length })}
        >
          <LineList lines={needing.map(operationName)} isCode />
          <Text size="sm">{text('needingHint')}</Text>
        </Alert>
      )}
      {described.length > 0 && (
        <div>
          <Title order={3}>{text('describedAnew', { count: described.length })}</Title>
          <LineList
            lines={described.map((one) =>
              one.to === '' ? text('descriptionGone', one) : text('descriptionNow', one),
            )}
          />
        </div>
      )}
      {isReordered && <Text>{text('reordered')}</Text>}
    </Stack>
  )
}
