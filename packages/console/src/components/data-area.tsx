import { Button, Paper, Skeleton, Stack, Text, VisuallyHidden } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import { Problem } from './problem.tsx'

const text = catalogue(messages)

type DataAreaProps<T> = {
  readonly query: UseQueryResult<T>
  /** Whether what came is nothing at all. */
  readonly isEmpty?: (data: T) => boolean
  /** What stands there when there never was anything: an {@link EmptyState}. */
  readonly empty?: ReactNode
  /** How many rows of which height stand there while it loads, so that nothing jumps. */
  readonly skeleton?: { readonly rows: number; readonly height: number }
  /** What failed, when it fails, such as "The credentials could not be loaded". */
  readonly failure: string
  readonly children: (data: T) => ReactNode
}

const usual = { rows: 5, height: 44 }

/**
 * The four states of whatever is loaded: loading, nothing, an error with its reference, or the thing itself.
 * What was there stays on the screen while it is asked for again.
 */
export function DataArea<T>({
  query,
  isEmpty,
  empty,
  failure,
  children,
  ...rest
}: DataAreaProps<T>) {
  const { rows, height } = rest.skeleton ?? usual
  if (query.data === undefined && query.isError) {
    return <Problem error={query.error} title={failure} retry={() => void query.refetch()} />
  }
  if (query.data === undefined) {
    return (
      <div aria-busy="true">
        <VisuallyHidden role="status">{text('loading')}</VisuallyHidden>
        <Stack gap="xs" aria-hidden>
          {Array.from({ length: rows }, (_, index) => (
            <Skeleton key={index} height={height} radius="md" />
          ))}
        </Stack>
      </div>
    )
  }
  return (
    <>
      {query.isError && (
        <Problem error={query.error} title={failure} retry={() => void query.refetch()} />
      )}
      {isEmpty?.(query.data) === true ? empty : children(query.data)}
    </>
  )
}

type EmptyStateProps = {
  /** One sentence. */
  readonly children: ReactNode
  /** One button, and perhaps one link. */
  readonly actions?: ReactNode
}

/** What stands where there never was anything. */
export function EmptyState({ children, actions }: EmptyStateProps) {
  return (
    <Paper withBorder p="xl" radius="lg" bg="var(--kp-surface)">
      <Stack align="center" gap="md" py="lg">
        <Text ta="center" maw={460}>
          {children}
        </Text>
        {actions}
      </Stack>
    </Paper>
  )
}

type NoMatchesProps = { readonly children: ReactNode; readonly onClear: () => void }

/** What stands where a filter leaves nothing. */
export function NoMatches({ children, onClear }: NoMatchesProps) {
  return (
    <EmptyState
      actions={
        <Button variant="default" onClick={onClear}>
          {text('clearFilters')}
        </Button>
      }
    >
      {children}
    </EmptyState>
  )
}
