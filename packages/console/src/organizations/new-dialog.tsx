import { Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { clientFor } from '../api/clients.ts'
import { announce } from '../components/announcer.tsx'
import { Dialog } from '../components/dialog.tsx'
import { FormButtons } from '../components/form-buttons.tsx'
import { Problem } from '../components/problem.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import { FeatureSwitches } from './feature-switches.tsx'
import messages from './messages.json'

const text = catalogue(messages)

type NewDialogProps = { readonly opened: boolean; readonly onClose: () => void }

/** Creates an organization for a customer. */
export function NewDialog({ opened, onClose }: NewDialogProps) {
  return (
    <Dialog opened={opened} onClose={onClose} title={text('newTitle')} size="lg">
      <NewForm onClose={onClose} />
    </Dialog>
  )
}

function NewForm({ onClose }: Pick<NewDialogProps, 'onClose'>) {
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const [slug, setSlug] = useState('')
  const [features, setFeatures] = useState({ issued: true, stored: true, webhooks: true })
  const submission = useSubmission()
  const { error } = submission
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void submission
      .run(async () => {
        const typed = slug.trim()
        await clientFor().organizations.create({
          name,
          features,
          ...(typed === '' ? {} : { slug: typed }),
        })
        announce(text('createdNamed', { name }))
        await queries.invalidateQueries({ queryKey: ['organizations'] })
      })
      .then((done) => done && onClose())
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text size="sm" c="dimmed">
          {text('newLead')}
        </Text>
        {error !== undefined && <Problem error={error} />}
        <TextInput
          label={text('name')}
          description={text('nameHint')}
          {...submission.field('name', name, setName)}
          data-autofocus
        />
        <TextInput
          label={text('slug')}
          description={text('slugHint')}
          {...submission.field('slug', slug, setSlug)}
          spellCheck={false}
        />
        <FeatureSwitches value={features} onChange={setFeatures} />
        <FormButtons label={text('create')} onCancel={onClose} isBusy={submission.isBusy} />
      </Stack>
    </form>
  )
}
