import { SdkError } from '@keyporter/sdk'
import { Alert, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Problem } from '../components/problem.tsx'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import classes from './table-editor.module.css'

const text = catalogue(messages)

/** Lists the problems of a document, each with its line or JSON pointer. */
export function ImportProblems({ error }: { readonly error: unknown }) {
  const problems = error instanceof SdkError ? (error.problem?.errors ?? []) : []
  const ofDocument = problems.filter(({ pointer }) => pointer.startsWith('/openapi'))
  if (ofDocument.length === 0) return <Problem error={error} />
  return (
    <Alert
      color="red"
      role="alert"
      icon={<IconAlertTriangle aria-hidden />}
      title={text('documentProblems', { count: ofDocument.length })}
    >
      <Stack gap="xs">
        <ul className={classes.lines}>
          {ofDocument.map(({ pointer, detail }) => (
            <li key={`${pointer} ${detail}`}>
              {pointer === '/openapi' ? (
                detail
              ) : (
                <>
                  <code>{pointer.slice('/openapi'.length)}</code> {detail}
                </>
              )}
            </li>
          ))}
        </ul>
        <Text size="sm">{text('documentProblemsHint')}</Text>
      </Stack>
    </Alert>
  )
}
