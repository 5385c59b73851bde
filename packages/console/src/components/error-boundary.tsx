import { Alert, Button, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { CatchBoundary, type ErrorComponentProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

type ErrorBoundaryProps = {
  /** The content is rendered again when this value changes. */
  readonly resetKey?: string
  readonly children: ReactNode
}

/**
 * Shows a notice in place of content that failed to render. The rest of the page keeps its input.
 */
export function ErrorBoundary({ resetKey = '', children }: ErrorBoundaryProps) {
  return (
    <CatchBoundary getResetKey={() => resetKey} errorComponent={ErrorNotice}>
      {children}
    </CatchBoundary>
  )
}

function ErrorNotice({ reset }: ErrorComponentProps) {
  return (
    <Alert role="alert" color="red" icon={<IconAlertTriangle aria-hidden />}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{text('sectionFailed')}</Text>
        <Button size="xs" variant="default" onClick={reset}>
          {text('problem.retry')}
        </Button>
      </Stack>
    </Alert>
  )
}
