import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconPlus } from '@tabler/icons-react'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { EmptyState, NoMatches } from '../components/data-area.tsx'
import { useDialogUrl } from '../components/dialog-url.ts'
import { SearchBox } from '../components/search-box.tsx'
import { number } from '../components/time.ts'
import { catalogue } from '../messages/catalogue.ts'
import type { Api, Operation } from './api.ts'
import messages from './messages.json'
import { OperationDialog } from './operation-dialog.tsx'
import { operationName } from './operation-name.ts'
import { OperationTable } from './operation-table.tsx'
import { TryIt } from './try-it.tsx'

const text = catalogue(messages)

type OperationsTabProps = {
  readonly api: Api
  readonly mayEdit: boolean
  readonly onSaved: (latest: Api) => void
}

type TabSearch = { readonly q?: string; readonly show?: string; readonly page?: string }

/** The operations of an API: search, test and edit. */
export function OperationsTab({ api, mayEdit, onSaved }: OperationsTabProps) {
  const { q, show, page }: TabSearch = useSearch({ strict: false })
  const navigate = useNavigate()
  const { dialog, target, open, close } = useDialogUrl()
  const { operations } = api
  const ordered = useMemo(() => unmappedFirst(operations), [operations])
  const texts = useMemo(() => new Map(ordered.map((one) => [one, textOf(one)])), [ordered])
  const unmapped = useMemo(() => ordered.filter(isUnmapped), [ordered])
  const wanted = show === 'unmapped' ? unmapped : ordered
  const found = useMemo(() => findOperations(wanted, { q, texts }), [wanted, q, texts])
  const search = (next: TabSearch, replace = false): void =>
    void navigate({
      to: '.',
      search: (before: Record<string, unknown>) => ({ ...before, page: undefined, ...next }),
      replace,
      resetScroll: false,
    })
  const clear = (): void => search({ q: undefined, show: undefined })
  const add = mayEdit && (
    <Button
      variant="default"
      leftSection={<IconPlus size={16} aria-hidden />}
      onClick={() => open('operation')}
    >
      {text('addOperation')}
    </Button>
  )
  return (
    <Stack gap="lg">
      <TryIt operations={operations} />
      {unmapped.length > 0 && (
        <Alert
          color="orange"
          icon={<IconAlertTriangle aria-hidden />}
          title={text('unmappedCount', { count: unmapped.length })}
        >
          <Stack gap="xs" align="flex-start">
            <Text size="sm">{text('unmappedHint', { count: unmapped.length })}</Text>
            {unmapped.length < operations.length && (
              <Button
                size="xs"
                variant="default"
                onClick={() => search({ show: show === 'unmapped' ? undefined : 'unmapped' })}
              >
                {text(show === 'unmapped' ? 'showAll' : 'showUnmapped')}
              </Button>
            )}
          </Stack>
        </Alert>
      )}
      {operations.length === 0 ? (
        <EmptyState actions={add}>{text('noOperations')}</EmptyState>
      ) : (
        <Stack>
          <Group justify="space-between" align="center">
            <Group gap="md">
              <SearchBox
                label={text('searchOperations')}
                value={q ?? ''}
                onSearch={(value) => search({ q: value || undefined }, true)}
              />
              <Text size="sm" c="dimmed" role="status">
                {text('operationCount', { count: found.length, shown: number(found.length) })}
              </Text>
            </Group>
            {add}
          </Group>
          {found.length === 0 ? (
            <NoMatches onClear={clear}>{text('noOperationMatches')}</NoMatches>
          ) : (
            <OperationTable
              operations={found}
              page={Number(page) || 1}
              onPage={(next) => search({ page: next === 1 ? undefined : String(next) })}
              onEdit={mayEdit ? (one) => open('operation', operationName(one)) : undefined}
            />
          )}
        </Stack>
      )}
      <OperationDialog
        isOpen={mayEdit && dialog === 'operation'}
        api={api}
        name={target}
        onSaved={onSaved}
        onClose={close}
      />
    </Stack>
  )
}

function isUnmapped({ permissions }: Operation): boolean {
  return permissions.length === 0
}

/** Puts unmapped operations first and keeps the order of the document otherwise. */
function unmappedFirst(operations: readonly Operation[]): readonly Operation[] {
  return [...operations.filter(isUnmapped), ...operations.filter((one) => !isUnmapped(one))]
}

function textOf(operation: Operation): string {
  return `${operationName(operation)} ${operation.permissions.join(' ')}`.toLowerCase()
}

type Search = {
  readonly q: string | undefined
  readonly texts: ReadonlyMap<Operation, string>
}

/** Returns the operations that contain every word of the query. */
function findOperations(
  operations: readonly Operation[],
  { q = '', texts }: Search,
): readonly Operation[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return operations
  return operations.filter((one) => words.every((word) => texts.get(one)?.includes(word)))
}
