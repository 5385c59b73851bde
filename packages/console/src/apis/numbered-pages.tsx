import { Button, Group, Text } from '@mantine/core'
import { number } from '../components/time.ts'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

type NumberedPagesProps = {
  readonly page: number
  readonly pages: number
  readonly from: number
  readonly to: number
  readonly total: number
  readonly onPage: (page: number) => void
}

/** Pagination of a list that is completely loaded. */
export function NumberedPages({ page, pages, from, to, total, onPage }: NumberedPagesProps) {
  if (pages <= 1) return null
  return (
    <Group component="nav" justify="space-between" aria-label={text('operationPages')}>
      <Text size="sm" c="dimmed">
        {text('range', { from: number(from), to: number(to), total: number(total) })}
      </Text>
      <Group gap="xs">
        <Button variant="default" size="xs" disabled={page <= 1} onClick={() => onPage(page - 1)}>
          {text('previous')}
        </Button>
        <Button
          variant="default"
          size="xs"
          disabled={page >= pages}
          onClick={() => onPage(page + 1)}
        >
          {text('next')}
        </Button>
      </Group>
    </Group>
  )
}
