import { versionOf } from '@keyporter/sdk'
import { Button, Group, Stack, Text } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useActing } from '../api/acting.ts'
import { useCan } from '../api/session.ts'
import { DescriptionList } from '../components/description-list.tsx'
import { Panel } from '../components/panel.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import messages from './messages.json'
import type { OrganizationTabProps } from './organization-tab.tsx'
import {
  type Policy,
  type PolicyDraft,
  toPolicy,
  toPolicyDraft,
  validatePolicy,
} from './policy-draft.ts'
import { PolicyFields } from './policy-fields.tsx'
import { SaveOutcome } from './save-outcome.tsx'
import classes from './settings.module.css'
import { useKnownPermissions } from './use-organization.ts'

const text = catalogue(messages)

type PolicyTabProps = OrganizationTabProps & { readonly isOperator: boolean }

/** The API credential policy. Editable by the operator, read-only for others. */
export function PolicyTab({ isOperator, ...rest }: PolicyTabProps) {
  const mayChange = useCan('ORGANIZATION_WRITE') && isOperator
  return (
    <Panel title={text('policy')} lead={text('policyLead')}>
      {mayChange ? <PolicyForm {...rest} /> : <PolicyDetails policy={rest.organization.policy} />}
    </Panel>
  )
}

function PolicyDetails({ policy }: { readonly policy: Policy }) {
  const { defaultLifetimeDays, maxLifetimeDays, permissionCeiling } = policy
  return (
    <>
      <DescriptionList>
        <dt>{text('default')}</dt>
        <dd>{text('days', { count: defaultLifetimeDays })}</dd>
        <dt>{text('max')}</dt>
        <dd>{text('days', { count: maxLifetimeDays })}</dd>
        <dt>{text('ceiling')}</dt>
        <dd>
          {permissionCeiling === null
            ? text('ceilingOff')
            : text('ceilingCount', { count: permissionCeiling.length })}
          {permissionCeiling !== null && (
            <ul className={classes.names}>
              {permissionCeiling.map((name) => (
                <li key={name}>
                  <code>{name}</code>
                </li>
              ))}
            </ul>
          )}
        </dd>
      </DescriptionList>
      <Group gap={6} c="dimmed" wrap="nowrap">
        <IconLock size={14} aria-hidden />
        <Text size="sm">{text('operatorChanges')}</Text>
      </Group>
    </>
  )
}

function PolicyForm({ organization, onReload }: OrganizationTabProps) {
  const { client, scope } = useActing()
  const queries = useQueryClient()
  const [typed, setTyped] = useState<PolicyDraft>()
  const [isSaved, setSaved] = useState(false)
  const submission = useSubmission()
  const { id } = organization
  const known = useKnownPermissions(id)
  const draft = typed ?? toPolicyDraft(organization.policy)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void submission.run(async () => {
      const changed = await client.organizations.update(
        { id, policy: toPolicy(draft) },
        { version: versionOf(organization) },
      )
      queries.setQueryData([...scope, 'organizations', 'get', id], changed)
      setTyped(undefined)
      setSaved(true)
    }, validatePolicy(draft))
  }
  const { error } = submission
  const names = ['defaultLifetimeDays', 'maxLifetimeDays', 'permissionCeiling']
  const errors = Object.fromEntries(names.map((name) => [name, submission.fieldError(name)]))
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <SaveOutcome
          isSaved={isSaved && typed === undefined}
          error={error}
          targetId={id}
          onReload={onReload}
        />
        <PolicyFields
          draft={draft}
          onChange={(next) => {
            submission.reset()
            setTyped(next)
          }}
          errors={errors}
          knownPermissions={known}
        />
        <Group>
          <Button type="submit" loading={submission.isBusy} disabled={typed === undefined}>
            {text('save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
