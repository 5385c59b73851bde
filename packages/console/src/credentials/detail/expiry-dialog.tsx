import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useActing } from '../../api/acting.ts'
import { useCurrentSession } from '../../api/session.ts'
import { Dialog } from '../../components/dialog.tsx'
import { FormButtons } from '../../components/form-buttons.tsx'
import { Instant, useTimeZone } from '../../components/instant.tsx'
import { instantOfLocal, localOfInstant } from '../../components/local-time.ts'
import { exactInstant } from '../../components/time.ts'
import { catalogue } from '../../messages/catalogue.ts'
import type { Credential } from '../credential.ts'
import { EditProblem } from './edit-problem.tsx'
import { DAY_MS, latestExpiry } from './expiry-bounds.ts'
import messages from './messages.json'
import { useEdit } from './use-edit.ts'

const text = catalogue(messages)

type ExpiryDialogProps = { readonly credential: Credential; readonly onClose: () => void }

/** Changes the expiry of a credential, up to one year after its creation. */
export function ExpiryDialog({ credential, onClose }: ExpiryDialogProps) {
  const edit = useEdit(credential)
  const { submission } = edit
  const { organizationId } = useActing()
  const { policy } = useCurrentSession().organization
  const latest = latestExpiry(credential, organizationId === undefined ? policy : undefined)
  const timeZone = useTimeZone()
  const [chosen, setChosen] = useState(credential.expiresAt)
  const [shown, setShown] = useState(localOfInstant(credential.expiresAt, timeZone))
  const [date = '', time = ''] = shown.split('T')
  const show = (local: string): void => {
    submission.touch('expiresAt')
    setShown(local)
    setChosen(instantOfLocal(local, timeZone) ?? '')
  }
  const choose = (at: string): void => {
    submission.touch('expiresAt')
    // Keeps the milliseconds, which the fields do not show.
    setChosen(at)
    setShown(localOfInstant(at, timeZone))
  }
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const expiresAt = faultOf(chosen, exactInstant(latest, timeZone), latest)
    if (await edit.save({ expiresAt: chosen }, { expiresAt })) onClose()
  }
  const error = submission.fieldError('expiresAt')
  return (
    <Dialog
      opened
      onClose={onClose}
      size="lg"
      title={text('expiryTitle', { name: credential.name })}
    >
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack gap="md">
          <Text size="sm">
            {text.rich('expiryNow', {
              at: <Instant key="at" at={credential.expiresAt} form="exact" />,
            })}
          </Text>
          <Shortcuts latest={latest} onChoose={choose} />
          <Group grow align="flex-start">
            <TextInput
              type="date"
              label={text('expiryDate')}
              value={date}
              min={localOfInstant(new Date().toISOString(), timeZone).slice(0, 10)}
              max={localOfInstant(latest, timeZone).slice(0, 10)}
              onChange={(event) => show(`${event.currentTarget.value}T${time}`)}
              error={error}
              data-autofocus
            />
            <TextInput
              type="time"
              label={text('expiryTime', { zone: timeZone ?? ownZone() })}
              value={time}
              onChange={(event) => show(`${date}T${event.currentTarget.value}`)}
            />
          </Group>
          <Text size="sm" c="dimmed" aria-live="polite">
            {chosen === '' ? text('expiryMissing') : caption(chosen, timeZone)}{' '}
            {text('expiryLatest', { at: exactInstant(latest, timeZone) })}
          </Text>
          <EditProblem edit={edit} fields={['expiresAt']} />
          <FormButtons label={text('save')} onCancel={onClose} isBusy={submission.isBusy} />
        </Stack>
      </form>
    </Dialog>
  )
}

const shortcuts = [
  ['in30', 30],
  ['in90', 90],
] as const

type ShortcutsProps = { readonly latest: string; readonly onChoose: (at: string) => void }

function Shortcuts({ latest, onChoose }: ShortcutsProps) {
  const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString()
  return (
    <Group gap="xs">
      {shortcuts
        .filter(([, days]) => inDays(days) < latest)
        .map(([label, days]) => (
          <Button key={label} size="xs" variant="default" onClick={() => onChoose(inDays(days))}>
            {text(label)}
          </Button>
        ))}
      <Button size="xs" variant="default" onClick={() => onChoose(latest)}>
        {text('latest')}
      </Button>
    </Group>
  )
}

function faultOf(chosen: string, latestShown: string, latest: string): string | undefined {
  if (chosen === '') return text('expiryMissing')
  if (Date.parse(chosen) <= Date.now()) return text('expiryPast')
  return chosen > latest ? text('expiryTooLate', { at: latestShown }) : undefined
}

function caption(at: string, timeZone: string | undefined): string {
  const local = exactInstant(at, timeZone)
  const utc = exactInstant(at, 'UTC')
  return local === utc ? text('expiryCaption', { local }) : text('expiryCaptionUtc', { local, utc })
}

function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}
