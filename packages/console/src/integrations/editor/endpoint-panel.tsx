import { Alert, Text, TextInput } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import { Panel } from '../../components/panel.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import { hostOf } from '../integration.ts'
import classes from './editor.module.css'
import { isUnencrypted, urlFault } from './endpoint.ts'
import messages from './messages.json'
import type { Editor } from './use-editor.ts'

const text = catalogue(messages)

/** The panel for the base URL. */
export function EndpointPanel({ editor }: { readonly editor: Editor }) {
  const { draft, change, submission, plan } = editor
  const { baseUrl } = draft
  const [hasLeft, setLeft] = useState(false)
  const fault = urlFault(baseUrl, true)
  const own = hasLeft && baseUrl.trim() !== '' && fault ? text(`url.${fault}`) : undefined
  const field = submission.field('baseUrl', baseUrl, (typed) => {
    setLeft(false)
    change({ baseUrl: typed })
  })
  return (
    <Panel title={text('endpoint')} lead={text('endpointLead')}>
      <TextInput
        label={text('baseUrl')}
        placeholder="https://api.example.com/v2"
        {...field}
        onBlur={() => setLeft(true)}
        error={field.error ?? own}
        inputMode="url"
        maxLength={2048}
        autoCapitalize="none"
        spellCheck={false}
        required
        withAsterisk={false}
      />
      {fault === undefined && (
        <Text size="sm" c="dimmed">
          {text.rich('requestHost', { host: <strong key="host">{hostOf(baseUrl.trim())}</strong> })}
        </Text>
      )}
      <div role="status" className={classes.quiet}>
        {fault === undefined && isUnencrypted(baseUrl) && (
          <Alert color="orange" icon={<IconAlertTriangle aria-hidden />}>
            {text('plainHttp')}
          </Alert>
        )}
        {plan.isEndpointChanged && draft.kind !== 'none' && (
          <Alert color="orange" icon={<IconAlertTriangle aria-hidden />} mt="xs">
            {text(draft.organizationSpecific ? 'endpointChangedAll' : 'endpointChanged')}
          </Alert>
        )}
      </div>
    </Panel>
  )
}
