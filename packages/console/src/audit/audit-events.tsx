import { Badge, Group, Stack, Switch, Text } from '@mantine/core'
import { IconBan, IconCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useActing } from '../api/acting.ts'
import { useCan } from '../api/session.ts'
import { DataArea, EmptyState, NoMatches } from '../components/data-area.tsx'
import { type Column, CursorPages, DataTable } from '../components/data-table.tsx'
import { Instant } from '../components/instant.tsx'
import { NoPermission } from '../components/no-permission.tsx'
import { catalogue } from '../messages/catalogue.ts'
import type { AuditEvent } from './audit-event.ts'
import { EventDetails } from './event-details.tsx'
import { EventSentence } from './event-sentence.tsx'
import { ExportMenu } from './export-menu.tsx'
import { FilterBar } from './filter-bar.tsx'
import { useAuditFilters } from './filters.ts'
import { LIVE_MS, useLiveCount } from './live-count.ts'
import messages from './messages.json'

const text = catalogue(messages)

const columns: readonly Column<AuditEvent>[] = [
  { key: 'at', title: text('time'), render: ({ at }) => <When at={at} /> },
  { key: 'what', title: text('event'), render: (event) => <EventSentence event={event} /> },
  {
    key: 'ip',
    title: text('ip'),
    render: ({ ip }) => (
      <Text
        component="span"
        size="sm"
        display="block"
        miw="7.5rem"
        className={ip === null ? undefined : 'mono'}
      >
        {ip ?? text('noAddress')}
      </Text>
    ),
  },
  { key: 'result', title: text('result'), render: ({ outcome }) => <Result outcome={outcome} /> },
]

/** The table of audit events, optionally of one target only. */
export function AuditEvents({ targetId }: { readonly targetId?: string }) {
  return useCan('AUDIT_READ') ? (
    <Events targetId={targetId} />
  ) : (
    <NoPermission privilege="audit.view" />
  )
}

function Events({ targetId }: { readonly targetId?: string }) {
  const { client, scope } = useActing()
  const { history } = useRouter()
  const filters = useAuditFilters(targetId)
  const { query, search, isFiltered, set, clear, toPage } = filters
  const { cursor } = search
  const isLive = search.live === '1' && cursor === undefined
  const events = useQuery({
    queryKey: [...scope, 'auditEvents', 'list', query, cursor],
    queryFn: () => client.auditEvents.list({ ...query, cursor }),
    refetchInterval: isLive && LIVE_MS,
    placeholderData: (before) => before,
  })
  const newCount = useLiveCount(isLive, events.data?.data)
  const isOfTarget = targetId !== undefined
  return (
    <Stack gap="lg">
      <FilterBar filters={filters} isOfTarget={isOfTarget} />
      <Group justify="space-between" gap="sm">
        <Group gap="md">
          <Switch
            label={text('live')}
            title={text('liveHint')}
            checked={isLive}
            onChange={(event) => set({ live: event.currentTarget.checked ? '1' : undefined })}
          />
          {isLive && newCount > 0 && (
            <Text size="sm" c="dimmed">
              {text('newEvents', { count: newCount })}
            </Text>
          )}
        </Group>
        <ExportMenu query={query} />
      </Group>
      <DataArea
        query={events}
        failure={text('failure')}
        isEmpty={({ data }) => data.length === 0}
        empty={
          isFiltered ? (
            <NoMatches onClear={clear}>{text('noMatches')}</NoMatches>
          ) : (
            <EmptyState>{text('empty')}</EmptyState>
          )
        }
      >
        {({ data, nextCursor }) => (
          <div>
            <DataTable
              label={text('table')}
              columns={columns}
              rows={data}
              rowKey={({ id }) => id}
              isBusy={events.isPlaceholderData}
              detail={{
                label: ({ sequence }) => text('details', { sequence }),
                render: (event) => (
                  <EventDetails event={event} onFilter={set} isOfTarget={isOfTarget} />
                ),
              }}
            />
            <CursorPages
              nextCursor={nextCursor}
              cursor={cursor}
              onNext={toPage}
              onPrevious={() => history.back()}
            />
          </div>
        )}
      </DataArea>
    </Stack>
  )
}

function When({ at }: Pick<AuditEvent, 'at'>) {
  return (
    <Text component="span" size="sm" style={{ whiteSpace: 'nowrap' }}>
      <Instant at={at} />
    </Text>
  )
}

function Result({ outcome }: Pick<AuditEvent, 'outcome'>) {
  const isRejected = outcome === 'refused'
  return (
    <Badge
      miw="max-content"
      color={isRejected ? 'red' : 'green'}
      leftSection={
        isRejected ? <IconBan size={13} aria-hidden /> : <IconCheck size={13} aria-hidden />
      }
    >
      {text(isRejected ? 'rejected' : 'success')}
    </Badge>
  )
}
