import { nameLengthMax } from '@keyporter/contract'
import { Button, Group } from '@mantine/core'
import { useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { useActing } from '../../api/acting.ts'
import { useTimeZone } from '../../components/instant.tsx'
import { useSubmission } from '../../components/submission.ts'
import { shortenTo } from '../../components/text-length.ts'
import { validateNameAndNotes } from '../../components/validate-name-and-notes.ts'
import { catalogue } from '../../messages/catalogue.ts'
import { ApiPermissions } from './api-permissions.tsx'
import classes from './create.module.css'
import { DetailsFields } from './details-fields.tsx'
import { expiryInstant } from './expiry.ts'
import { ExpiryFields, expiryFaultText } from './expiry-fields.tsx'
import type { FormOptions } from './form-options.ts'
import { LeaveGuard } from './leave-guard.tsx'
import messages from './messages.json'
import { MoreOptions } from './more-options.tsx'
import { type PrefillSearch, writePrefill } from './prefill.ts'
import { PrefillBanner } from './prefill-banner.tsx'
import { ProblemList, partId } from './problem-list.tsx'
import { PurposeCards } from './purpose-cards.tsx'
import { type CreateRequest, idempotencyKeySource, requestOf } from './request.ts'
import { Summary } from './summary.tsx'
import { useDraft } from './use-draft.ts'

const text = catalogue(messages)

type CreateFormProps = {
  readonly options: FormOptions
  readonly onSubmit: (request: CreateRequest, idempotencyKey: string) => Promise<void>
  readonly onCancel: () => void
  /** Whether the form can be left without confirmation, because the credential was created. */
  readonly isDone: boolean
}

/** The form for a new credential. */
export function CreateForm({ options, onSubmit, onCancel, isDone }: CreateFormProps) {
  const search: PrefillSearch = useSearch({ strict: false })
  const zone = useTimeZone()
  const [terms] = useState(() => ({
    nowMs: Date.now(),
    timeZone: zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
    policy: options.policy,
  }))
  const { environment } = useActing()
  const { draft, start, isTouched, change, choose, chooseApi } = useDraft({
    options,
    terms,
    search,
    environment,
    nameCopy: (name) => text('copyName', { name: shortenTo(nameLengthMax - 7, name) }),
  })
  const submission = useSubmission()
  const [keyOf] = useState(idempotencyKeySource)
  const api = options.apis.find(({ id }) => id === draft.apiId)
  const ms = expiryInstant(draft.expiry, draft, terms)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const hasPermissions = draft.kind === 'full_access' || draft.permissions.size > 0
    const faults = {
      ...validateNameAndNotes(draft),
      expiresAt: expiryFaultText(draft, terms),
      apiId: api === undefined ? text('apiMissing') : undefined,
      permissions: api === undefined || hasPermissions ? undefined : text('permissionsMissing'),
    }
    void submission.run(async () => {
      if (api === undefined || ms === undefined) return
      const request = requestOf(draft, api, ms)
      await onSubmit(request, keyOf(request))
    }, faults)
  }
  const link = new URL(writePrefill(draft, { api, ms }), window.location.origin).href
  return (
    <form onSubmit={submit} noValidate className={classes.layout}>
      <div className={classes.form}>
        {start.isFilled && <PrefillBanner {...start} copyOf={options.source?.name} />}
        <PurposeCards value={draft.purpose} onChange={choose} />
        <DetailsFields draft={draft} submission={submission} onChange={change} />
        <div id={partId('expiresAt')}>
          <ExpiryFields draft={draft} terms={terms} submission={submission} onChange={change} />
        </div>
        <div id={partId('permissions')}>
          <ApiPermissions
            draft={draft}
            apis={options.apis}
            submission={submission}
            onApi={(id) => {
              submission.touch('apiId')
              chooseApi(id)
            }}
            onPermissions={(permissions) => {
              submission.touch('permissions')
              change({ permissions })
            }}
          />
        </div>
        <div id={partId('kind')}>
          <MoreOptions draft={draft} submission={submission} onChange={change} />
        </div>
      </div>
      <div className={classes.summary}>
        <Summary
          draft={draft}
          api={api}
          ms={ms}
          nowMs={terms.nowMs}
          timeZone={terms.timeZone}
          link={link}
        />
      </div>
      <div className={classes.buttons}>
        <ProblemList submission={submission} />
        <Group mt="md">
          <Button type="submit" loading={submission.isBusy}>
            {text('submit')}
          </Button>
          <Button variant="default" onClick={onCancel}>
            {text('cancel')}
          </Button>
        </Group>
      </div>
      <LeaveGuard isActive={isTouched && !isDone} />
    </form>
  )
}
