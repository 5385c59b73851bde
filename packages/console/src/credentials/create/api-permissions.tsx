import { Alert, NativeSelect, Stack, Text } from '@mantine/core'
import { Panel } from '../../components/panel.tsx'
import type { Submission } from '../../components/submission.ts'
import { catalogue } from '../../messages/catalogue.ts'
import { PermissionTable } from '../permission-table.tsx'
import type { Draft } from './draft.ts'
import type { FormApi } from './form-options.ts'
import messages from './messages.json'
import { partId } from './problem-list.tsx'

const text = catalogue(messages)

type ApiPermissionsProps = {
  readonly draft: Draft
  readonly apis: readonly FormApi[]
  readonly submission: Submission
  readonly onApi: (apiId: string) => void
  readonly onPermissions: (permissions: ReadonlySet<string>) => void
}

/** Selects the API of the credential and its permissions. */
export function ApiPermissions(props: ApiPermissionsProps) {
  const { draft, apis, submission, onApi, onPermissions } = props
  const api = apis.find(({ id }) => id === draft.apiId)
  const fault = submission.fieldError('permissions')
  return (
    <Panel title={text('permissions')} lead={text('permissionsLead')}>
      <Stack gap="md">
        {apis.length > 1 ? (
          <NativeSelect
            id={partId('apiId')}
            label={text('api')}
            value={draft.apiId}
            onChange={(event) => onApi(event.currentTarget.value)}
            error={submission.fieldError('apiId')}
            maw="28rem"
            data={[
              ...(draft.apiId === '' ? [{ value: '', label: text('apiChoose') }] : []),
              ...apis.map((one) => ({ value: one.id, label: apiName(one) })),
            ]}
          />
        ) : (
          <Text size="sm">{text('noApis')}</Text>
        )}
        {api?.builtIn === true && (
          <Text size="sm" c="dimmed">
            {text('apiManagementHint')}
          </Text>
        )}
        {fault !== undefined && (
          <Text size="sm" c="red" role="alert">
            {fault}
          </Text>
        )}
        {draft.kind === 'full_access' ? (
          <Alert color="yellow">{text('fullAccess')}</Alert>
        ) : (
          api !== undefined && (
            <PermissionTable
              key={api.id}
              api={api}
              selected={draft.permissions}
              onChange={onPermissions}
              label={text('permissionsOf', { api: apiName(api) })}
            />
          )
        )}
      </Stack>
    </Panel>
  )
}

/** Returns the name of an API. Marks the built-in API. */
export function apiName({ name, builtIn }: Pick<FormApi, 'name' | 'builtIn'>): string {
  return builtIn ? text('apiManagement') : name
}
