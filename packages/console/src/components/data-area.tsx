import { Button, Paper, Skeleton, Stack, Text, VisuallyHidden } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import { Problem } from './problem.tsx'

const text = catalogue(messages)

type DataAreaProps<T> = {
  readonly query: UseQueryResult<T>
  /** Whether the loaded data is empty. */
  readonly isEmpty?: (data: T) => boolean
  /** Shown if there is no data yet: an {@link EmptyState}. */
  readonly empty?: ReactNode
  /** Size of the loading placeholder, so that the layout does not shift. */
  readonly skeleton?: { readonly rows: number; readonly height: number }
  /** Error title, such as "The credentials could not be loaded". */
  readonly failure: string
  readonly children: (data: T) => ReactNode
}

const usual = { rows: 5, height: 44 }

/**
 * Renders the states of a query: loading, empty, error and data. Keeps the data visible while it
 * is refetched.
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
  /** One button and an optional link. */
  readonly actions?: ReactNode
}

/** Shown if there is no data yet. */
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

/** Shown if no data matches the filters. */
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
