import { Alert, Radio, Stack } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { Panel } from '../../components/panel.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import { OrganizationTable } from '../organizations/organization-table.tsx'
import messages from './messages.json'
import type { Editor } from './use-editor.ts'

const text = catalogue(messages)

/** The panel that selects shared credentials or credentials of each organization. */
export function OrganizationsPanel({ editor }: { readonly editor: Editor }) {
  const { draft, change, base, plan } = editor
  const { organizationSpecific, sharedFallback } = draft
  // The server accepts connections of organizations only after `organizationSpecific` is saved.
  const isReady =
    base?.organizationSpecific === true && base.auth.kind === draft.kind && !plan.isEndpointChanged
  return (
    <Panel title={text('audience')}>
      <Radio.Group
        aria-label={text('audience')}
        value={organizationSpecific ? 'each' : 'same'}
        onChange={(value) => change({ organizationSpecific: value === 'each' })}
      >
        <Stack gap="xs">
          <Radio value="same" label={text('sameForAll')} />
          <Radio value="each" label={text('differentForEach')} />
        </Stack>
      </Radio.Group>
      {organizationSpecific && (
        <Radio.Group
          label={text('fallback')}
          value={sharedFallback ? 'shared' : 'block'}
          onChange={(value) => change({ sharedFallback: value === 'shared' })}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="block" label={text('fallback.block')} />
            <Radio value="shared" label={text('fallback.shared')} />
          </Stack>
        </Radio.Group>
      )}
      {organizationSpecific && !isReady && (
        <Alert color="blue" icon={<IconInfoCircle aria-hidden />}>
          {text(base === undefined ? 'organizationsAfter' : 'organizationsAfterSaving')}
        </Alert>
      )}
      {organizationSpecific && isReady && <OrganizationTable integration={base} />}
    </Panel>
  )
}
