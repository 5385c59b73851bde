import { Alert, Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useActing } from '../../api/acting.ts'
import { useCan } from '../../api/session.ts'
import { DataArea } from '../../components/data-area.tsx'
import { Panel } from '../../components/panel.tsx'
import { list } from '../../components/time.ts'
import { catalogue } from '../../messages/catalogue.ts'
import { privilegeName } from '../../privileges/names.ts'
import { type Credential, isModifiable } from '../credential.ts'
import { PermissionTable } from '../permission-table.tsx'
import messages from './messages.json'
import { PermissionsForm } from './permissions-form.tsx'

const text = catalogue(messages)

/** Shows and edits the permissions of a credential. */
export function PermissionsTab({ credential }: { readonly credential: Credential }) {
  const { client, scope } = useActing()
  const { apiId, apiIdentifier, name, kind, permissions } = credential
  const maySeeApi = useCan('API_READ')
  const mayChange = useCan('CREDENTIAL_WRITE') && isModifiable(credential) && kind === 'scoped'
  const [isEditing, setEditing] = useState(false)
  const api = useQuery({
    queryKey: [...scope, 'apis', 'get', apiId],
    queryFn: () => client.apis.get({ id: apiId }),
    enabled: maySeeApi,
  })
  if (!maySeeApi) return <Hidden permissions={permissions} />
  const canEdit = mayChange && !isEditing && api.isSuccess
  return (
    <Panel
      title={text('tab.permissions')}
      lead={text('permissionsLead', { api: api.data?.name ?? apiIdentifier })}
      actions={
        canEdit && (
          <Button variant="default" onClick={() => setEditing(true)}>
            {text('edit')}
          </Button>
        )
      }
    >
      {kind === 'full_access' && (
        <Alert color="orange" title={text('fullAccessTitle')}>
          {text('fullAccessText', { api: api.data?.name ?? apiIdentifier })}
        </Alert>
      )}
      <DataArea query={api} failure={text('permissionsFailure')}>
        {(loaded) =>
          isEditing ? (
            <PermissionsForm
              credential={credential}
              api={loaded}
              onDone={() => setEditing(false)}
            />
          ) : (
            <PermissionTable
              api={loaded}
              selected={new Set(kind === 'full_access' ? loaded.scopes : permissions)}
              label={text('grid', { name })}
            />
          )
        }
      </DataArea>
    </Panel>
  )
}

/** Lists the permission names of the credential, for members who cannot read the API. */
function Hidden({ permissions }: Pick<Credential, 'permissions'>) {
  return (
    <Alert color="blue">
      {text('permissionsHidden', {
        privilege: privilegeName('credentials.view'),
        permissions: list(permissions),
      })}
    </Alert>
  )
}
