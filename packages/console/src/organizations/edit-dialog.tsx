import { useQuery } from '@tanstack/react-query'
import { clientFor } from '../api/clients.ts'
import { DataArea } from '../components/data-area.tsx'
import { Dialog } from '../components/dialog.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { EditForm } from './edit-form.tsx'
import messages from './messages.json'

const text = catalogue(messages)

type EditDialogProps = {
  /** Undefined: closed. */
  readonly organizationId: string | undefined
  readonly onClose: () => void
}

/** Edits an organization: name, features and API credential policy. */
export function EditDialog({ organizationId, onClose }: EditDialogProps) {
  const id = organizationId ?? ''
  const organization = useQuery({
    queryKey: ['organizations', 'get', id],
    queryFn: () => clientFor().organizations.get({ id }),
    enabled: id !== '',
    // A refetch would change the version under the edited form.
    refetchOnWindowFocus: false,
  })
  const { data } = organization
  return (
    <Dialog
      opened={id !== ''}
      onClose={onClose}
      title={data === undefined ? text('editTitleLoading') : text('editTitle', { name: data.name })}
      size="lg"
    >
      <DataArea query={organization} failure={text('failed')}>
        {(loaded) => (
          <EditForm
            key={loaded.id}
            organization={loaded}
            onReload={() => void organization.refetch()}
            onClose={onClose}
          />
        )}
      </DataArea>
    </Dialog>
  )
}
