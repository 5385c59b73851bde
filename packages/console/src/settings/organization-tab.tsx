import { versionOf } from '@keyporter/sdk'
import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { useActing } from '../api/acting.ts'
import { sessionQuery } from '../api/session.ts'
import { CopyButton } from '../components/copy-button.tsx'
import { DescriptionList } from '../components/description-list.tsx'
import { Instant } from '../components/instant.tsx'
import { Panel } from '../components/panel.tsx'
import { useSubmission } from '../components/submission.ts'
import { list } from '../components/time.ts'
import { catalogue } from '../messages/catalogue.ts'
import { featureName, featuresOn, type Organization } from '../organizations/features.ts'
import messages from './messages.json'
import { SaveOutcome } from './save-outcome.tsx'

const text = catalogue(messages)

export type OrganizationTabProps = {
  readonly organization: Organization
  readonly onReload: () => void
}

/**
 * The organization's name, which its members can change, and details that the operator controls.
 */
export function OrganizationTab({ organization, onReload }: OrganizationTabProps) {
  const { client, scope } = useActing()
  const queries = useQueryClient()
  const [typed, setTyped] = useState<string>()
  const [isSaved, setSaved] = useState(false)
  const submission = useSubmission()
  const { id } = organization
  const name = typed ?? organization.name
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void submission.run(async () => {
      const changed = await client.organizations.update(
        { id, name },
        { version: versionOf(organization) },
      )
      queries.setQueryData([...scope, 'organizations', 'get', id], changed)
      setTyped(undefined)
      setSaved(true)
      // The name is in the header of every page.
      void queries.invalidateQueries({ queryKey: sessionQuery.queryKey })
      void queries.invalidateQueries({ queryKey: ['organizations'] })
    })
  }
  const { error } = submission
  return (
    <Stack gap="lg">
      <Panel title={text('organization')} lead={text('organizationLead')}>
        <form onSubmit={submit} noValidate>
          <Stack>
            <SaveOutcome
              isSaved={isSaved && typed === undefined}
              error={error}
              targetId={id}
              onReload={onReload}
            />
            <TextInput
              label={text('name')}
              maw={420}
              {...submission.field('name', name, setTyped)}
              autoComplete="organization"
            />
            <Group>
              <Button type="submit" loading={submission.isBusy} disabled={typed === undefined}>
                {text('save')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Panel>
      <OrganizationDetails organization={organization} />
    </Stack>
  )
}

function OrganizationDetails({ organization }: Pick<OrganizationTabProps, 'organization'>) {
  const source = useRef<HTMLElement>(null)
  const { id, slug, operator, features, createdAt } = organization
  return (
    <Panel>
      <DescriptionList>
        <dt>{text('id')}</dt>
        <dd>
          <Group gap={4} wrap="nowrap">
            <code ref={source}>{id}</code>
            <CopyButton value={id} what={text('id')} source={source} />
          </Group>
        </dd>
        <dt>{text('slug')}</dt>
        <dd>{slug}</dd>
        <dt>{text('kind')}</dt>
        <dd>{text(operator ? 'operator' : 'customer')}</dd>
        <dt>{text('features')}</dt>
        <dd>{list(featuresOn(features).map(featureName))}</dd>
        <dt>{text('created')}</dt>
        <dd>
          <Instant at={createdAt} />
        </dd>
      </DescriptionList>
      {!operator && (
        <Text size="sm" c="dimmed">
          {text('operatorChanges')}
        </Text>
      )}
    </Panel>
  )
}
