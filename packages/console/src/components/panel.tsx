import { Group, Paper, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { ErrorBoundary } from './error-boundary.tsx'

type PanelProps = {
  readonly title?: string
  readonly lead?: ReactNode
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** A section with a heading. If its content fails to render, the rest of the page stays usable. */
export function Panel({ title, lead, actions, children }: PanelProps) {
  return (
    <Paper
      component="section"
      aria-label={title}
      withBorder
      p={{ base: 'md', sm: 'lg' }}
      radius="lg"
      bg="var(--kp-surface)"
      style={{ borderColor: 'var(--kp-line)' }}
    >
      <Stack gap="md">
        {title !== undefined && (
          <Group justify="space-between" align="flex-start">
            <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
              <Title order={2}>{title}</Title>
              {lead !== undefined && (
                <Text component="div" size="sm" c="dimmed" mt={4}>
                  {lead}
                </Text>
              )}
            </div>
            {actions}
          </Group>
        )}
        <ErrorBoundary>{children}</ErrorBoundary>
      </Stack>
    </Paper>
  )
}
