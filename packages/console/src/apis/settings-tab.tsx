import { nameLengthMax } from '@keyporter/contract'
import { versionOf } from '@keyporter/sdk'
import { Button, Group, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useActing } from '../api/acting.ts'
import { announce } from '../components/announcer.tsx'
import { CopyButton } from '../components/copy-button.tsx'
import { EditConflict, isEditConflict } from '../components/edit-conflict.tsx'
import { Instant } from '../components/instant.tsx'
import { Panel } from '../components/panel.tsx'
import { Problem } from '../components/problem.tsx'
import { useSubmission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import type { Api } from './api.ts'
import messages from './messages.json'
import { OrganizationChoice } from './organization-choice.tsx'

const text = catalogue(messages)

const algorithms = ['ES256', 'EdDSA', 'RS256'] as const
type Algorithm = (typeof algorithms)[number]

const TTL_MIN = 60
const TTL_MAX = 3_600

type SettingsTabProps = {
  readonly api: Api
  readonly mayEdit: boolean
  readonly onSaved: (latest: Api) => void
}

/** Name, token settings and organizations of an API. */
export function SettingsTab({ api, mayEdit, onSaved }: SettingsTabProps) {
  return (
    <Stack gap="lg">
      <IdentifierPanel api={api} />
      {mayEdit ? <SettingsForm api={api} onSaved={onSaved} /> : <ReadSettings api={api} />}
    </Stack>
  )
}

function IdentifierPanel({ api }: { readonly api: Api }) {
  const identifier = useRef<HTMLElement>(null)
  return (
    <Panel title={text('identifier')} lead={text('identifierFixed')}>
      <Group gap="xs" wrap="nowrap">
        <code ref={identifier}>{api.identifier}</code>
        <CopyButton value={api.identifier} what={text('identifier')} source={identifier} />
      </Group>
      <Text size="sm" c="dimmed">
        {text.rich('createdAndUpdated', {
          created: <Instant at={api.createdAt} form="exact" />,
          updated: <Instant at={api.updatedAt} />,
        })}
      </Text>
    </Panel>
  )
}

function ReadSettings({ api }: { readonly api: Api }) {
  return (
    <Panel title={text('tokens')}>
      <Text size="sm">{text('lifetimeIs', { minutes: minutesOf(api.tokenTtlSeconds) })}</Text>
      <Text size="sm">{text('algorithmIs', { algorithm: api.signingAlgorithm })}</Text>
    </Panel>
  )
}

function SettingsForm({ api, onSaved }: Omit<SettingsTabProps, 'mayEdit'>) {
  const { client, scope } = useActing()
  const queries = useQueryClient()
  const submission = useSubmission()
  const [base, setBase] = useState(api)
  const [values, setValues] = useState(() => toValues(api))
  const isDirty = JSON.stringify(values) !== JSON.stringify(toValues(base))
  useEffect(() => {
    if (isDirty || versionOf(api) === versionOf(base)) return
    setBase(api)
    setValues(toValues(api))
  }, [api, base, isDirty])
  const put = (next: Partial<typeof values>): void =>
    setValues((before) => ({ ...before, ...next }))
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void submission.run(
      async () => {
        const saved = await client.apis.update(
          {
            id: api.id,
            name: values.name,
            tokenTtlSeconds: Number(values.tokenTtlSeconds),
            signingAlgorithm: values.signingAlgorithm,
            organizations: values.organizations === 'all' ? 'all' : [...values.organizations],
          },
          { version: versionOf(base) },
        )
        setBase(saved)
        setValues(toValues(saved))
        onSaved(saved)
        announce(text('saved'))
        await queries.invalidateQueries({ queryKey: [...scope, 'apis'] })
      },
      {
        name: values.name.trim() === '' ? text('nameRequired') : undefined,
        tokenTtlSeconds: isLifetime(values.tokenTtlSeconds) ? undefined : text('lifetimeInvalid'),
      },
    )
  }
  const reload = (): void => {
    void client.apis.get({ id: api.id }).then((latest) => {
      setValues((typed) => mergeValues({ typed, before: toValues(base), latest: toValues(latest) }))
      setBase(latest)
      submission.reset()
    })
  }
  const { error } = submission
  return (
    <form onSubmit={submit} noValidate>
      <Panel title={text('tab.settings')}>
        {error !== undefined && !isEditConflict(error) && <Problem error={error} />}
        <EditConflict error={error} targetId={api.id} onReload={reload} />
        <TextInput
          label={text('name')}
          {...submission.field('name', values.name, (name) => put({ name }))}
          maxLength={nameLengthMax}
          maw={480}
          required
        />
        <TextInput
          label={text('lifetime')}
          description={
            isLifetime(values.tokenTtlSeconds)
              ? text('lifetimeHint', { minutes: minutesOf(Number(values.tokenTtlSeconds)) })
              : text('lifetimeRange')
          }
          inputMode="numeric"
          {...submission.field('tokenTtlSeconds', values.tokenTtlSeconds, (tokenTtlSeconds) =>
            put({ tokenTtlSeconds }),
          )}
          maw={320}
          required
        />
        <Radio.Group
          label={text('algorithm')}
          description={text('algorithmHint')}
          value={values.signingAlgorithm}
          onChange={(value) =>
            put({ signingAlgorithm: algorithms.find((one) => one === value) ?? 'ES256' })
          }
        >
          <Stack gap="xs" mt="xs">
            {algorithms.map((one) => (
              <Radio key={one} value={one} label={one} description={text(`algorithm.${one}`)} />
            ))}
          </Stack>
        </Radio.Group>
        <OrganizationChoice
          chosen={values.organizations}
          onChoose={(organizations) => put({ organizations })}
          error={submission.fieldError('organizations')}
        />
        <Group>
          <Button type="submit" loading={submission.isBusy} disabled={!isDirty}>
            {text('save')}
          </Button>
          {isDirty && (
            <Button variant="default" onClick={() => setValues(toValues(base))}>
              {text('discard')}
            </Button>
          )}
        </Group>
      </Panel>
    </form>
  )
}

type Values = {
  readonly name: string
  readonly tokenTtlSeconds: string
  readonly signingAlgorithm: Algorithm
  readonly organizations: Api['organizations']
}

function toValues({ name, tokenTtlSeconds, signingAlgorithm, organizations }: Api): Values {
  return { name, tokenTtlSeconds: String(tokenTtlSeconds), signingAlgorithm, organizations }
}

type Versions = { readonly typed: Values; readonly before: Values; readonly latest: Values }

/** Returns the latest values with the edited fields kept. */
function mergeValues({ typed, before, latest }: Versions): Values {
  const isKept = (name: keyof Values): boolean =>
    JSON.stringify(typed[name]) !== JSON.stringify(before[name])
  return {
    name: (isKept('name') ? typed : latest).name,
    tokenTtlSeconds: (isKept('tokenTtlSeconds') ? typed : latest).tokenTtlSeconds,
    signingAlgorithm: (isKept('signingAlgorithm') ? typed : latest).signingAlgorithm,
    organizations: (isKept('organizations') ? typed : latest).organizations,
  }
}

function isLifetime(typed: string): boolean {
  const seconds = Number(typed)
  return /^\d{1,4}$/.test(typed) && seconds >= TTL_MIN && seconds <= TTL_MAX
}

function minutesOf(seconds: number): number {
  return Math.round((seconds / 60) * 10) / 10
}
