import { Alert, Anchor, List } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { Problem } from '../../components/problem.tsx'
import type { Submission } from '../../components/submission.ts'
import { catalogue } from '../../messages/catalogue.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** The fields that can have errors, in page order. */
const fields = ['name', 'notes', 'expiresAt', 'apiId', 'permissions', 'kind'] as const
type Field = (typeof fields)[number]

/** Returns the DOM id of the section that contains a field. */
export function partId(field: Field): string {
  return `new-credential-${field}`
}

/** An error summary that links to each field, or the error of the request. */
export function ProblemList({ submission }: { readonly submission: Submission }) {
  const faults = fields.flatMap((field) => {
    const fault = submission.fieldError(field)
    return fault === undefined ? [] : [{ field, fault }]
  })
  if (faults.length === 0) {
    return submission.error === undefined ? null : <Problem error={submission.error} />
  }
  return (
    <Alert
      color="red"
      role="alert"
      icon={<IconAlertTriangle aria-hidden />}
      title={text('problems', { count: faults.length })}
    >
      <List size="sm" spacing={4}>
        {faults.map(({ field, fault }) => (
          <List.Item key={field}>
            {text.rich('problem', {
              field: text(`field.${field}`),
              fault,
              a: (parts) => (
                <Anchor
                  key={field}
                  component="button"
                  type="button"
                  size="sm"
                  onClick={() => focusPart(field)}
                >
                  {parts}
                </Anchor>
              ),
            })}
          </List.Item>
        ))}
      </List>
    </Alert>
  )
}

function focusPart(field: Field): void {
  const part = document.getElementById(partId(field))
  const inside = part?.querySelector<HTMLElement>('input, select, textarea, button')
  part?.scrollIntoView({ block: 'start' })
  const target = inside ?? part
  target?.focus({ preventScroll: true })
}
