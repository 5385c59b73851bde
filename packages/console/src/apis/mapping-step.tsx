import { nameLengthMax } from '@keyporter/contract'
import { Button, Checkbox, Group, NativeSelect, Radio, Stack, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useActing } from '../api/acting.ts'
import { Panel } from '../components/panel.tsx'
import type { Submission } from '../components/submission.ts'
import { catalogue } from '../messages/catalogue.ts'
import { ImportProblems } from './import-problems.tsx'
import type { Mapping } from './import-request.ts'
import messages from './messages.json'

const text = catalogue(messages)

type MappingStepProps = {
  readonly mapping: Mapping
  readonly onChange: (mapping: Mapping) => void
  readonly submission: Submission
  readonly onBack: () => void
  /** Receives the errors found on the client, by field. */
  readonly onNext: (own: Record<string, string | undefined>) => void
}

/** The second import step: the source of permission names, and the target API. */
export function MappingStep(props: MappingStepProps) {
  const { mapping, onChange, submission, onBack, onNext } = props
  const put = (next: Partial<Mapping>): void => onChange({ ...mapping, ...next })
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const isPattern = mapping.pattern.trim().lastIndexOf('*') > 0
    onNext({
      permissionPattern:
        mapping.source === 'pattern' && !isPattern ? text('patternInvalid') : undefined,
    })
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {submission.error !== undefined && <ImportProblems error={submission.error} />}
        <Panel title={text('permissionNames')} lead={text('permissionNamesLead')}>
          <Radio.Group
            aria-label={text('permissionNames')}
            value={mapping.source}
            onChange={(value) => put({ source: value === 'pattern' ? 'pattern' : 'document' })}
          >
            <Stack gap="md">
              <Radio value="document" label={text('byTag')} description={text('byTagHint')} />
              <Radio
                value="pattern"
                label={text('byPattern')}
                description={text('byPatternHint')}
              />
            </Stack>
          </Radio.Group>
          {mapping.source === 'pattern' && (
            <Stack gap="sm">
              <TextInput
                label={text('pattern')}
                description={text('patternHint')}
                placeholder="Required API Permissions: *"
                {...submission.field('permissionPattern', mapping.pattern, (pattern) =>
                  put({ pattern }),
                )}
                maxLength={200}
                maw={520}
                spellCheck={false}
              />
              <Checkbox
                label={text('usesTags')}
                description={text('usesTagsHint')}
                checked={mapping.usesTags}
                onChange={(event) => put({ usesTags: event.currentTarget.checked })}
              />
            </Stack>
          )}
        </Panel>
        <TargetPanel mapping={mapping} put={put} submission={submission} />
        <Group justify="space-between">
          <Button variant="default" onClick={onBack}>
            {text('back')}
          </Button>
          <Button type="submit" loading={submission.isBusy}>
            {text('preview')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

type TargetPanelProps = Pick<MappingStepProps, 'mapping' | 'submission'> & {
  readonly put: (next: Partial<Mapping>) => void
}

function TargetPanel({ mapping, put, submission }: TargetPanelProps) {
  const { client, scope } = useActing()
  const apis = useQuery({
    queryKey: [...scope, 'apis', 'list', { limit: 100 }],
    queryFn: () => client.apis.list({ limit: 100 }),
  })
  const choices = (apis.data?.data ?? []).filter((api) => !api.builtIn)
  return (
    <Panel title={text('targetApi')} lead={text('targetApiLead')}>
      <NativeSelect
        label={text('api')}
        value={mapping.apiId}
        error={submission.fieldError('apiId')}
        data={[
          { value: '', label: text('newApi') },
          ...choices.map(({ id, name }) => ({ value: id, label: text('update', { name }) })),
        ]}
        maw={520}
        onChange={(event) => put({ apiId: event.currentTarget.value })}
      />
      {mapping.apiId === '' && (
        <>
          <TextInput
            label={text('name')}
            description={text('importNameHint')}
            {...submission.field('name', mapping.name, (name) => put({ name }))}
            maxLength={nameLengthMax}
            maw={520}
          />
          <TextInput
            label={text('identifier')}
            description={text('importIdentifierHint')}
            placeholder="https://api.example.com"
            {...submission.field('identifier', mapping.identifier, (identifier) =>
              put({ identifier }),
            )}
            maxLength={512}
            maw={520}
            spellCheck={false}
          />
        </>
      )}
    </Panel>
  )
}
