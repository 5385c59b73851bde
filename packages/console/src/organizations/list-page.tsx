import { Alert, Button, Text } from '@mantine/core'
import { IconLock, IconPlus } from '@tabler/icons-react'
import { useCan, useCurrentSession } from '../api/session.ts'
import { useDialogUrl } from '../components/dialog-url.ts'
import { NoPermission } from '../components/no-permission.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { EditDialog } from './edit-dialog.tsx'
import messages from './messages.json'
import { NewDialog } from './new-dialog.tsx'
import { OrganizationList } from './organization-list.tsx'

const text = catalogue(messages)

/** All organizations of this Keyporter instance. For members of the operator only. */
export function OrganizationListPage() {
  const isOperator = useCurrentSession().organization.operator
  const mayRead = useCan('ORGANIZATION_READ')
  const mayChange = useCan('ORGANIZATION_WRITE') && isOperator
  const { dialog, target, open, close } = useDialogUrl()
  if (!isOperator) {
    return (
      <>
        <PageHeader title={text('title')} />
        <Alert color="blue" icon={<IconLock aria-hidden />} title={text('operatorOnly')}>
          <Text size="sm">{text('operatorOnlyText')}</Text>
        </Alert>
      </>
    )
  }
  return (
    <>
      <PageHeader
        title={text('title')}
        lead={text('lead')}
        actions={
          mayChange && (
            <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => open('new')}>
              {text('new')}
            </Button>
          )
        }
      />
      {mayRead ? (
        <OrganizationList onEdit={mayChange ? (id) => open('edit', id) : undefined} />
      ) : (
        <NoPermission privilege="organization.manage" />
      )}
      <NewDialog opened={mayChange && dialog === 'new'} onClose={close} />
      <EditDialog
        organizationId={mayChange && dialog === 'edit' ? target : undefined}
        onClose={close}
      />
    </>
  )
}
