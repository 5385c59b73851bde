import { Alert, Button, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { EditConflict, isEditConflict } from '../components/edit-conflict.tsx'
import { Panel } from '../components/panel.tsx'
import type { Submission } from '../components/submission.ts'
import { list, number } from '../components/time.ts'
import { catalogue } from '../messages/catalogue.ts'
import { ImportProblems } from './import-problems.tsx'
import type { ImportResult } from './import-request.ts'
import { LineList } from './line-list.tsx'
import messages from './messages.json'
import { operationName } from './operation-name.ts'
import { RemovedPermissions } from './removed-permissions.tsx'
import classes from './table-editor.module.css'

const text = catalogue(messages)

type ReviewStepProps = {
  readonly preview: ImportResult
  readonly submission: Submission
  readonly onBack: () => void
  /** Requests a new preview. */
  readonly onAgain: () => void
  readonly onApply: () => void
}

/** The third import step: previews the changes and applies them. */
export function ReviewStep({ preview, submission, onBack, onAgain, onApply }: ReviewStepProps) {
  const { error } = submission
  const isNew = preview.apiId === null
  return (
    <Stack>
      {error !== undefined && !isEditConflict(error) && <ImportProblems error={error} />}
      <EditConflict error={error} targetId={preview.apiId ?? ''} onReload={onAgain} />
      <Panel title={text('summary')} lead={text(isNew ? 'summaryNew' : 'summaryUpdate')}>
        <Numbers preview={preview} />
        <Unmapped preview={preview} />
      </Panel>
      <Differences preview={preview} />
      <Group justify="space-between">
        <Button variant="default" onClick={onBack}>
          {text('back')}
        </Button>
        <Button loading={submission.isBusy} onClick={onApply}>
          {text(isNew ? 'applyNew' : 'applyUpdate')}
        </Button>
      </Group>
    </Stack>
  )
}

function Numbers({ preview }: { readonly preview: ImportResult }) {
  const { resources, permissions, operations, unmapped } = preview
  const counts = [
    ['resources', resources.length],
    ['permissions', permissions.length],
    ['operations', operations.length],
    ['withoutPermission', unmapped.length],
  ] as const
  return (
    <SimpleGrid component="dl" cols={{ base: 2, sm: 4 }} m={0}>
      {counts.map(([name, count]) => (
        <div key={name}>
          <Text component="dt" size="sm" c="dimmed">
            {text(name)}
          </Text>
          <dd className={classes.number} style={{ margin: 0 }}>
            {number(count)}
          </dd>
        </div>
      ))}
    </SimpleGrid>
  )
}

function Unmapped({ preview }: { readonly preview: ImportResult }) {
  const { unmapped } = preview
  if (unmapped.length === 0) return null
  return (
    <Alert
      color="orange"
      icon={<IconAlertTriangle aria-hidden />}
      title={text('unmappedCount', { count: unmapped.length })}
    >
      <LineList lines={unmapped.map(operationName)} isCode />
      <Text size="sm" mt="xs">
        {text('unmappedImportHint', { count: unmapped.length })}
      </Text>
    </Alert>
  )
}

function Differences({ preview }: { readonly preview: ImportResult }) {
  const { added, removed, changed } = preview.diff
  const parts = [
    ['addedPermissions', added.permissions],
    ['addedOperations', added.operations.map(operationName)],
    ['removedOperations', removed.operations.map(operationName)],
  ] as const
  const isUnchanged =
    parts.every(([, lines]) => lines.length === 0) &&
    removed.permissions.length + changed.length === 0
  return (
    <Panel title={text('changes')}>
      {isUnchanged && <Text>{text('noChanges')}</Text>}
      {removed.permissions.length > 0 && (
        <RemovedPermissions removed={removed.permissions} apiId={preview.apiId ?? undefined} />
      )}
      {changed.length > 0 && (
        <Lines
          title={text('changedOperations', { count: changed.length })}
          lines={changed.map((one) =>
            text('operationChanged', {
              operation: operationName(one),
              before: one.before.length === 0 ? text('noPermissions') : list(one.before),
              after: one.after.length === 0 ? text('noPermissions') : list(one.after),
            }),
          )}
        />
      )}
      {parts.map(
        ([name, lines]) =>
          lines.length > 0 && (
            <Lines key={name} title={text(name, { count: lines.length })} lines={lines} isCode />
          ),
      )}
    </Panel>
  )
}

type LinesProps = {
  readonly title: string
  readonly lines: readonly string[]
  readonly isCode?: boolean
}

function Lines({ title, lines, isCode = false }: LinesProps) {
  return (
    <details>
      <summary>{title}</summary>
      <LineList lines={lines} isCode={isCode} />
    </details>
  )
}
