import { SdkError } from '@keyporter/sdk'
import { Alert, List } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Problem } from '../../components/problem.tsx'
import type { Submission } from '../../components/submission.ts'
import { catalogue } from '../../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** Summarizes the error of a request: the invalid fields, or the error itself. */
export function ErrorSummary({ submission }: { readonly submission: Submission }) {
  const { error } = submission
  if (error === undefined) return null
  const faults = error instanceof SdkError ? (error.problem?.errors ?? []) : []
  if (faults.length === 0) return <Problem error={error} />
  return (
    <Alert
      color="red"
      role="alert"
      icon={<IconAlertTriangle aria-hidden />}
      title={text('problems', { count: faults.length })}
    >
      <List size="sm" spacing={4}>
        {faults.map(({ pointer, detail }) => (
          <List.Item key={`${pointer} ${detail}`}>{detail}</List.Item>
        ))}
      </List>
    </Alert>
  )
}
