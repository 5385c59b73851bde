import { Anchor, Group, SegmentedControl, Stack, Switch, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useActing } from '../../api/acting.ts'
import { useCan } from '../../api/session.ts'
import { DataArea, EmptyState } from '../../components/data-area.tsx'
import { NoPermission } from '../../components/no-permission.tsx'
import { Panel } from '../../components/panel.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import type { Credential } from '../credential.ts'
import { CountTable } from './count-table.tsx'
import classes from './detail.module.css'
import messages from './messages.json'
import { UnusedPanel } from './unused-panel.tsx'
import { UsageChart } from './usage-chart.tsx'
import {
  isUsageRange,
  type UsageRange,
  type UsageReport,
  usageRangeOf,
  usageRanges,
} from './usage-counts.ts'
import { usageSummary } from './usage-summary.ts'
import { UsageTable } from './usage-table.tsx'

const text = catalogue(messages)

const HOUR_MS = 3_600_000

/** Usage of a credential: calls, outcomes, permissions used and not used. */
export function UsageTab({ credential }: { readonly credential: Credential }) {
  return useCan('USAGE_READ') ? (
    <Usage credential={credential} />
  ) : (
    <NoPermission privilege="credentials.view" />
  )
}

type UsageSearch = { readonly range?: string; readonly view?: string }

function Usage({ credential }: { readonly credential: Credential }) {
  const { client, scope } = useActing()
  const { id } = credential
  const search: UsageSearch = useSearch({ strict: false })
  const navigate = useNavigate()
  const range = usageRangeOf(search.range)
  const isTable = search.view === 'table'
  const { hours, interval } = usageRanges[range]
  const usage = useQuery({
    queryKey: [...scope, 'credentials', 'usage', id, range],
    queryFn: () => {
      // The server extends the range to whole buckets; the last one contains the current time.
      const before = hours - (interval === 'day' ? 24 : 1)
      const from = new Date(Date.now() - before * HOUR_MS).toISOString()
      return client.credentials.usage({ id, from, interval })
    },
    placeholderData: (before) => before,
  })
  const go = (changed: UsageSearch): void =>
    void navigate({
      to: '.',
      search: (before: Record<string, unknown>) => ({ ...before, ...changed }),
      resetScroll: false,
    })
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label={text('range')}
          value={range}
          onChange={(value) => go({ range: value })}
          data={Object.keys(usageRanges)
            .filter(isUsageRange)
            .map((value) => ({ value, label: text(`range.${value}`) }))}
        />
        <Switch
          label={text('asTable')}
          checked={isTable}
          onChange={(event) => go({ view: event.currentTarget.checked ? 'table' : undefined })}
        />
      </Group>
      <DataArea
        query={usage}
        failure={text('usageFailure')}
        skeleton={{ rows: 1, height: 260 }}
        isEmpty={({ totals }) => Object.keys(totals.outcomes).length === 0}
        empty={<NoUsage credential={credential} />}
      >
        {(report) => <Report report={report} range={range} isTable={isTable} />}
      </DataArea>
      <UnusedPanel credential={credential} />
    </Stack>
  )
}

type ReportProps = {
  readonly report: UsageReport
  readonly range: UsageRange
  readonly isTable: boolean
}

function Report({ report, range, isTable }: ReportProps) {
  const { outcomes, permissions } = report.totals
  const summary = usageSummary(report, range)
  return (
    <>
      <Panel title={text('chart')} lead={summary}>
        {isTable ? <UsageTable report={report} /> : <UsageChart report={report} label={summary} />}
      </Panel>
      <div className={classes.columns}>
        <Panel title={text('outcomes')}>
          <CountTable
            label={text('outcomes')}
            what={text('outcome')}
            counts={outcomes}
            name={outcomeName}
          />
        </Panel>
        <Panel title={text('permissionsUsed')}>
          {Object.keys(permissions).length === 0 ? (
            <Text c="dimmed">{text('nonePermissions')}</Text>
          ) : (
            <CountTable
              label={text('permissionsUsed')}
              what={text('permission')}
              counts={permissions}
              name={(name) => name}
            />
          )}
        </Panel>
      </div>
    </>
  )
}

function outcomeName(outcome: string): string {
  const key = `outcome.${outcome}`
  return text.has(key) ? text(key) : outcome
}

function NoUsage({ credential: { id, lastUsedAt } }: { readonly credential: Credential }) {
  return (
    <EmptyState
      actions={
        <Anchor
          renderRoot={(props) => (
            <Link {...props} to="/credentials/$id/{-$tab}" params={{ id, tab: 'setup' }} />
          )}
        >
          {text('toQuickstart')}
        </Anchor>
      }
    >
      {text(lastUsedAt === null ? 'usageNever' : 'usageEmpty')}
    </EmptyState>
  )
}
