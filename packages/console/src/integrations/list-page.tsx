import { Button, Group } from '@mantine/core'
import { IconPlus, IconTemplate } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useDialogUrl } from '../components/dialog-url.ts'
import { PageHeader } from '../components/page-header.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { useMayEditIntegrations } from './integration.ts'
import { IntegrationAccess } from './integration-access.tsx'
import { IntegrationList } from './list/integration-list.tsx'
import messages from './messages.json'

const text = catalogue(messages)

// Loaded on first use.
const TemplateDialog = lazy(async () => ({
  default: (await import('./templates/template-dialog.tsx')).TemplateDialog,
}))

/** The page that lists the integrations. */
export function IntegrationListPage() {
  const mayEdit = useMayEditIntegrations()
  const { dialog, close } = useDialogUrl()
  return (
    <IntegrationAccess title={text('title')}>
      <PageHeader title={text('title')} lead={text('lead')} actions={mayEdit && <AddButtons />} />
      <IntegrationList empty={mayEdit && <AddButtons />} />
      <Suspense fallback={null}>
        {mayEdit && dialog === 'templates' && <TemplateDialog onClose={close} />}
      </Suspense>
    </IntegrationAccess>
  )
}

function AddButtons() {
  const { open } = useDialogUrl()
  return (
    <Group gap="sm" justify="center">
      <Button
        variant="default"
        leftSection={<IconTemplate size={16} aria-hidden />}
        onClick={() => open('templates')}
      >
        {text('fromTemplates')}
      </Button>
      <Button
        leftSection={<IconPlus size={16} aria-hidden />}
        renderRoot={(props) => <Link {...props} to="/integrations/new" />}
      >
        {text('add')}
      </Button>
    </Group>
  )
}
