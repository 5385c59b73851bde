import { Alert, Anchor, Button, Group, Tabs } from '@mantine/core'
import { IconDownload, IconFileImport, IconInfoCircle } from '@tabler/icons-react'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { DataArea } from '../components/data-area.tsx'
import { Menu, MenuItem } from '../components/menu.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { saveFile } from '../components/save-file.ts'
import { UnsavedGuard } from '../components/unsaved-guard.tsx'
import { catalogue } from '../messages/catalogue.ts'
import { privilegeName } from '../privileges/names.ts'
import { type Api, useApi, useMayEditApis } from './api.ts'
import { useApiDraft } from './api-draft.ts'
import { toJsonExport, toOpenApiExport } from './export.ts'
import { BuiltInBadge } from './list-page.tsx'
import messages from './messages.json'
import { OperationsTab } from './operations-tab.tsx'
import { PermissionsTab } from './permissions-tab.tsx'
import { SettingsTab } from './settings-tab.tsx'

const text = catalogue(messages)

/** The page of one API: permission table, operations and settings. */
export function ApiDetailPage() {
  const { id = '' }: { readonly id?: string } = useParams({ strict: false })
  const api = useApi(id)
  return (
    <DataArea query={api} failure={text('apiFailed')}>
      {(loaded) => <ApiDetail key={loaded.id} loaded={loaded} />}
    </DataArea>
  )
}

const tabs = ['permissions', 'operations', 'settings'] as const
type Tab = (typeof tabs)[number]

function ApiDetail({ loaded }: { readonly loaded: Api }) {
  const mayEdit = useMayEditApis() && !loaded.builtIn
  const draft = useApiDraft(loaded)
  const { tab }: { readonly tab?: string } = useSearch({ strict: false })
  const navigate = useNavigate()
  const current: Tab = tabs.find((name) => name === tab) ?? 'permissions'
  const choose = (name: string | null): void =>
    void navigate({
      to: '.',
      search: (before: Record<string, unknown>) => ({
        ...before,
        tab: name === 'permissions' ? undefined : name,
        q: undefined,
        page: undefined,
        show: undefined,
      }),
      resetScroll: false,
    })
  return (
    <>
      <PageHeader
        title={loaded.name}
        aside={loaded.builtIn && <BuiltInBadge />}
        lead={<code>{loaded.identifier}</code>}
        actions={<Actions api={loaded} mayEdit={mayEdit} />}
      />
      {!mayEdit && <ReadOnlyNotice api={loaded} />}
      <Tabs value={current} onChange={choose} keepMounted={false} activateTabWithKeyboard={false}>
        <Tabs.List aria-label={text('sectionsOf', { name: loaded.name })} mb="lg">
          {tabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {text(`tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="permissions">
          <PermissionsTab draft={draft} mayEdit={mayEdit} />
        </Tabs.Panel>
        <Tabs.Panel value="operations">
          <OperationsTab api={loaded} mayEdit={mayEdit} onSaved={draft.adopt} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <SettingsTab api={loaded} mayEdit={mayEdit} onSaved={draft.adopt} />
        </Tabs.Panel>
      </Tabs>
      <UnsavedGuard isDirty={mayEdit && draft.changes !== undefined} />
    </>
  )
}

function Actions({ api, mayEdit }: { readonly api: Api; readonly mayEdit: boolean }) {
  const save = (name: string, content: unknown): void => {
    const file = new Blob([`${JSON.stringify(content, null, 2)}\n`])
    void saveFile(file.stream(), { name, mediaType: 'application/json' })
  }
  return (
    <>
      <Menu
        button={(props) => (
          <Button {...props} variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
            {text('export')}
          </Button>
        )}
      >
        <MenuItem onClick={() => save(`${api.slug}.json`, toJsonExport(api))}>
          {text('exportJson')}
        </MenuItem>
        <MenuItem
          onClick={() => save(`${api.slug}.openapi.json`, toOpenApiExport(api, tokenUrl()))}
        >
          {text('exportOpenApi')}
        </MenuItem>
      </Menu>
      {mayEdit && (
        <Button
          variant="default"
          leftSection={<IconFileImport size={16} aria-hidden />}
          renderRoot={(props) => <Link {...props} to="/apis/import" search={{ api: api.id }} />}
        >
          {text('reimport')}
        </Button>
      )}
    </>
  )
}

function tokenUrl(): string {
  return `${window.location.origin}/oauth/token`
}

function ReadOnlyNotice({ api }: { readonly api: Api }) {
  return (
    <Alert color="blue" variant="light" mb="lg" icon={<IconInfoCircle aria-hidden />}>
      <Group gap="xs">
        {api.builtIn
          ? text('builtInLead')
          : text('readOnly', { privilege: privilegeName('apis.manage') })}
        <Anchor size="sm" renderRoot={(props) => <Link {...props} to="/apis" />}>
          {text('toList')}
        </Anchor>
      </Group>
    </Alert>
  )
}
