import { versionOf } from '@keyporter/sdk'
import { Fieldset, Stack, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { clientFor } from '../api/clients.ts'
import { EditConflict, isEditConflict } from '../components/edit-conflict.tsx'
import { FormButtons } from '../components/form-buttons.tsx'
import { Problem } from '../components/problem.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import { toPolicy, toPolicyDraft, validatePolicy } from '../settings/policy-draft.ts'
import { PolicyFields } from '../settings/policy-fields.tsx'
import { useKnownPermissions } from '../settings/use-organization.ts'
import { FeatureSwitches } from './feature-switches.tsx'
import type { Organization } from './features.ts'
import messages from './messages.json'

const text = catalogue(messages)

type EditFormProps = {
  readonly organization: Organization
  readonly onReload: () => void
  readonly onClose: () => void
}

/** The settings of an organization that only the operator can change. */
export function EditForm({ organization, onReload, onClose }: EditFormProps) {
  const queries = useQueryClient()
  const { id } = organization
  const [name, setName] = useState(organization.name)
  const [slug, setSlug] = useState(organization.slug)
  const [features, setFeatures] = useState(organization.features)
  const [draft, setDraft] = useState(() => toPolicyDraft(organization.policy))
  const known = useKnownPermissions(id)
  const submission = useSubmission()
  const { error, fieldError } = submission
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const save = async (): Promise<void> => {
      await clientFor().organizations.update(
        { id, name, slug, features, policy: toPolicy(draft) },
        { version: versionOf(organization) },
      )
      // Name and features affect most pages.
      await queries.invalidateQueries()
    }
    void submission.run(save, validatePolicy(draft)).then((done) => done && onClose())
  }
  const errors = Object.fromEntries(
    ['defaultLifetimeDays', 'maxLifetimeDays', 'permissionCeiling'].map((field) => [
      field,
      fieldError(field),
    ]),
  )
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <EditConflict error={error} targetId={id} onReload={onReload} />
        {error !== undefined && !isEditConflict(error) && <Problem error={error} />}
        <TextInput
          label={text('name')}
          {...submission.field('name', name, setName)}
          data-autofocus
        />
        <TextInput
          label={text('slug')}
          description={text('slugFormat')}
          {...submission.field('slug', slug, setSlug)}
          spellCheck={false}
        />
        <FeatureSwitches value={features} onChange={setFeatures} />
        <Fieldset legend={text('policy')}>
          <PolicyFields
            draft={draft}
            onChange={setDraft}
            errors={errors}
            knownPermissions={known}
          />
        </Fieldset>
        <FormButtons label={text('save')} onCancel={onClose} isBusy={submission.isBusy} />
      </Stack>
    </form>
  )
}
