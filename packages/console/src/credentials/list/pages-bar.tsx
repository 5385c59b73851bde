import { Group, NativeSelect, Text } from '@mantine/core'
import { useRef } from 'react'
import { CursorPages } from '../../components/data-table.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import { type ListState, pageSizes } from './list-search.ts'
import messages from './messages.json'

const text = catalogue(messages)

type PagesBarProps = {
  readonly state: ListState
  readonly nextCursor: string | null
  readonly rowCount: number
  readonly total: number
}

/** The pagination of the list. */
export function PagesBar({ state, nextCursor, rowCount, total }: PagesBarProps) {
  const { search, limit } = state
  // Cursors only go forward, so the previous ones are kept here. After a reload, Previous goes to the first page.
  const before = useRef(new Map<string, string | undefined>())
  const page = Math.max(1, Math.trunc(Number(search.page ?? 1)) || 1)
  const first = (page - 1) * limit + 1
  const isOne = nextCursor === null && search.cursor === undefined
  return (
    <Group justify="space-between" align="center" mt="md" gap="sm">
      <Group gap="sm">
        {!(isOne && total <= pageSizes[0]) && (
          <NativeSelect
            size="xs"
            aria-label={text('pageSize')}
            value={String(limit)}
            onChange={(event) => state.change({ limit: limitOf(event.currentTarget.value) })}
            data={pageSizes.map((size) => ({
              value: String(size),
              label: text('pageSizeChoice', { size }),
            }))}
          />
        )}
        {rowCount > 0 && (
          <Text size="sm" c="dimmed">
            {text('range', { from: first, to: first + rowCount - 1, total })}
          </Text>
        )}
      </Group>
      <CursorPages
        nextCursor={nextCursor}
        cursor={search.cursor}
        onNext={(cursor) => {
          before.current.set(cursor, search.cursor)
          state.turn(cursor, page + 1)
        }}
        onPrevious={() => {
          const known = before.current.get(search.cursor ?? '')
          state.turn(known, known === undefined ? 1 : page - 1)
        }}
      />
    </Group>
  )
}

function limitOf(value: string): string | undefined {
  return value === String(pageSizes[0]) ? undefined : value
}
