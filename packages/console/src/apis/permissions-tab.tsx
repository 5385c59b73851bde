import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useDialogUrl } from '../components/dialog-url.ts'
import { Panel } from '../components/panel.tsx'
import { number } from '../components/time.ts'
import { catalogue } from '../messages/catalogue.ts'
import type { ApiDraft } from './api-draft.ts'
import messages from './messages.json'
import { SaveTableDialog } from './save-table-dialog.tsx'
import { remaining, resourcesWithoutActions, scopesOfDraft, toDraft } from './table-draft.ts'
import classes from './table-editor.module.css'
import { TableEditor } from './table-editor.tsx'

const text = catalogue(messages)

type PermissionsTabProps = { readonly draft: ApiDraft; readonly mayEdit: boolean }

/** The permission table of an API. Edits are saved from the review dialog. */
export function PermissionsTab({ draft, mayEdit }: PermissionsTabProps) {
  const { base, rows, change, changes } = draft
  const { q }: { readonly q?: string } = useSearch({ strict: false })
  const navigate = useNavigate()
  const { dialog, open, close } = useDialogUrl()
  const empty = resourcesWithoutActions(rows)
  const counts = {
    resources: number(remaining(rows).length),
    permissions: number(scopesOfDraft(rows).length),
  }
  return (
    <Stack>
      <Panel
        title={text('permissionTable')}
        lead={text(mayEdit ? 'permissionTableLead' : 'permissionTableReadLead')}
      >
        <Text size="sm" c="dimmed">
          {text('tableCounts', counts)}
        </Text>
        <TableEditor
          rows={rows}
          change={mayEdit ? change : undefined}
          search={q ?? ''}
          onSearch={(value) =>
            void navigate({
              to: '.',
              search: (before: Record<string, unknown>) => ({ ...before, q: value || undefined }),
              replace: true,
              resetScroll: false,
            })
          }
          apiId={base.id}
        />
      </Panel>
      {mayEdit && changes !== undefined && (
        <section className={classes.bar} aria-label={text('unsavedChanges')}>
          <div>
            <Text fw={600} size="sm">
              {text('unsavedChanges')}
            </Text>
            {empty.length > 0 && (
              <Text size="sm" c="red">
                {text('rowWithoutActions', { resource: empty[0] })}
              </Text>
            )}
          </div>
          <Group gap="xs">
            <Button
              variant="default"
              onClick={() => change({ kind: 'replace', rows: toDraft(base.permissions) })}
            >
              {text('discard')}
            </Button>
            <Button disabled={empty.length > 0} onClick={() => open('save')}>
              {text('review')}
            </Button>
          </Group>
        </section>
      )}
      {mayEdit && remaining(rows).length === 0 && (
        <Alert color="red">{text('resourceRequired')}</Alert>
      )}
      <SaveTableDialog
        isOpen={mayEdit && dialog === 'save' && changes !== undefined}
        draft={draft}
        onClose={close}
      />
    </Stack>
  )
}
