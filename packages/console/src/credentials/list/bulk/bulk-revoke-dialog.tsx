import { Button, Group, List, Progress, Stack, Text, TextInput } from '@mantine/core'
import { IconBan } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useRef, useState } from 'react'
import { useActing } from '../../../api/acting.ts'
import { Dialog } from '../../../components/dialog.tsx'
import { FormButtons } from '../../../components/form-buttons.tsx'
import { useSubmission } from '../../../components/submission.ts'
import { catalogue } from '../../../messages/catalogue.ts'
import type { Credential } from '../../credential.ts'
import { ReasonFields } from '../../reason-fields.tsx'
import { noReason, reasonText } from '../../revoke-reason.ts'
import { BulkOutcome } from './bulk-outcome.tsx'
import messages from './messages.json'
import { type Outcome, revokeEach } from './revoke-each.ts'

const text = catalogue(messages)
const NAMED_MAX = 8
const DAY_MS = 86_400_000

type BulkRevokeDialogProps = {
  readonly credentials: readonly Credential[]
  readonly onClose: () => void
}

/** Revokes several credentials and shows the result of each. */
export function BulkRevokeDialog({ credentials, onClose }: BulkRevokeDialogProps) {
  const { client, scope } = useActing()
  const queries = useQueryClient()
  const [done, setDone] = useState<number>()
  const [outcome, setOutcome] = useState<Outcome>()
  const [reason, setReason] = useState(noReason)
  const goesOn = useRef(true)
  const run = async (tried: readonly Credential[]): Promise<void> => {
    goesOn.current = true
    setOutcome(undefined)
    setDone(0)
    const result = await revokeEach(tried, {
      client,
      reason: reasonText(reason),
      onProgress: setDone,
      mayGoOn: () => goesOn.current,
    })
    setDone(undefined)
    setOutcome(result)
    await queries.invalidateQueries({ queryKey: [...scope, 'credentials'] })
  }
  const isRunning = done !== undefined
  return (
    <Dialog
      opened
      // The dialog must stay open to show progress.
      onClose={() => (isRunning ? undefined : onClose())}
      withCloseButton={!isRunning}
      role="alertdialog"
      size="lg"
      title={text('title', { count: credentials.length })}
    >
      {isRunning ? (
        <Running done={done} total={credentials.length} onStop={() => (goesOn.current = false)} />
      ) : outcome === undefined ? (
        <Question
          credentials={credentials}
          onClose={onClose}
          onConfirm={() => run(credentials)}
          reason={<ReasonFields value={reason} onChange={setReason} />}
        />
      ) : (
        <BulkOutcome outcome={outcome} onClose={onClose} onRetry={(failed) => void run(failed)} />
      )}
    </Dialog>
  )
}

function Running({
  done,
  total,
  onStop,
}: {
  readonly done: number
  readonly total: number
  readonly onStop: () => void
}) {
  return (
    <Stack gap="md">
      <Progress value={(done / total) * 100} aria-label={text('progress', { done, total })} />
      <Text size="sm" role="status">
        {text('progress', { done, total })}
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onStop}>
          {text('stop')}
        </Button>
      </Group>
    </Stack>
  )
}

type QuestionProps = BulkRevokeDialogProps & {
  readonly onConfirm: () => Promise<void>
  readonly reason: ReactNode
}

function Question({ credentials, onClose, onConfirm, reason }: QuestionProps) {
  const [typed, setTyped] = useState('')
  const submission = useSubmission()
  const count = credentials.length
  const fault = typed.trim() === String(count) ? undefined : text('mismatch', { count })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void submission.run(onConfirm, { count: fault })
  }
  const b = (parts: ReactNode[]) => <strong>{parts}</strong>
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <Names credentials={credentials} />
        <Text size="sm">{text.rich('used', { count: countUsed(credentials), b })}</Text>
        <Text size="sm">{text.rich('final', { count, b })}</Text>
        {reason}
        <TextInput
          label={text('confirm', { count: String(count) })}
          {...submission.field('count', typed, setTyped)}
          inputMode="numeric"
          data-autofocus
        />
        <FormButtons
          label={text('submit', { count })}
          icon={IconBan}
          color="red"
          onCancel={onClose}
          isBusy={submission.isBusy}
          isIncomplete={fault !== undefined}
        />
      </Stack>
    </form>
  )
}

function Names({ credentials }: Pick<BulkRevokeDialogProps, 'credentials'>) {
  const more = credentials.length - NAMED_MAX
  return (
    <List size="sm">
      {credentials.slice(0, NAMED_MAX).map(({ id, name }) => (
        <List.Item key={id} style={{ overflowWrap: 'anywhere' }}>
          <bdi>{name}</bdi>
        </List.Item>
      ))}
      {more > 0 && <List.Item>{text('more', { count: more })}</List.Item>}
    </List>
  )
}

function countUsed(credentials: readonly Credential[]): number {
  const since = Date.now() - DAY_MS
  return credentials.filter(({ lastUsedAt }) => Date.parse(lastUsedAt ?? '') > since).length
}
