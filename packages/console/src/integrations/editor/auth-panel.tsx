import { needsConsent, needsToken } from '@keyporter/protocol'
import { Alert, Anchor, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import { useState } from 'react'
import { Combobox } from '../../components/combobox.tsx'
import { DisclosureLink } from '../../components/disclosure-link.tsx'
import { ErrorBoundary } from '../../components/error-boundary.tsx'
import { Panel } from '../../components/panel.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import { authTypeDescription, authTypeName } from '../authentication-type-names.ts'
import { authTypes, isAuthType } from '../authentication-types.ts'
import { ConnectionActions } from '../connection-actions.tsx'
import { RedirectUrl } from '../consent/redirect-url.tsx'
import { SHARED } from '../integration.ts'
import type { FieldSource } from './auth-field.tsx'
import { AuthFields } from './auth-fields.tsx'
import { awsEndpoint } from './endpoint.ts'
import { ExpiryField } from './expiry-field.tsx'
import messages from './messages.json'
import { shownFields } from './request.ts'
import type { Editor } from './use-editor.ts'

const text = catalogue(messages)

const authTypeChoices = authTypes.map((kind) => ({
  value: kind,
  label: authTypeName(kind),
  detail: authTypeDescription(kind),
}))

/** The panel for the authentication type and its fields. */
export function AuthPanel({ editor }: { readonly editor: Editor }) {
  const { draft, change, credentials, changeCredentials, submission, plan, base } = editor
  const { kind } = draft
  const choose = (value: string): void => {
    if (!isAuthType(value)) return
    submission.reset()
    change({ kind: value })
  }
  const { stored } = plan
  const isSaved = base?.auth.kind === kind && !plan.isEndpointChanged && stored !== undefined
  const showsStatus = needsToken(kind) || stored?.statusReason !== null || stored.testedAt !== null
  return (
    <Panel title={text('authentication')}>
      <Combobox
        label={text('kind')}
        description={authTypeDescription(kind)}
        value={kind}
        options={authTypeChoices}
        onSelect={choose}
      />
      <Advice editor={editor} />
      {plan.hasShared && draft.organizationSpecific && (
        <Text size="sm" c="dimmed">
          {text('sharedCredentials')}
        </Text>
      )}
      <ErrorBoundary resetKey={kind}>
        <TypeFields source={sourceOf(editor)} hasCredentials={plan.hasShared} />
      </ErrorBoundary>
      {needsConsent(kind) && <RedirectUrl />}
      {plan.hasShared && (
        <ExpiryField
          value={credentials.expiresOn}
          onChange={(expiresOn) => changeCredentials({ expiresOn })}
        />
      )}
      {plan.hasShared && isSaved && showsStatus && (
        <ConnectionActions integrationId={base.id} organization={SHARED} connection={stored} />
      )}
    </Panel>
  )
}

function sourceOf(editor: Editor): FieldSource {
  const { draft, change, credentials, changeCredentials, plan, submission } = editor
  const { kind, settings, extraParameters } = draft
  return {
    kind,
    settings,
    extraParameters,
    changeDraft: change,
    credentials,
    changeCredentials,
    stored: plan.stored,
    submission,
  }
}

type TypeFieldsProps = {
  readonly source: FieldSource
  /** Whether to show connection fields in addition to the integration settings. */
  readonly hasCredentials: boolean
}

function TypeFields({ source, hasCredentials }: TypeFieldsProps) {
  const [isOpen, setOpen] = useState(false)
  const fields = shownFields(source.kind, source.settings).filter(
    ({ of }) => of === 'integration' || hasCredentials,
  )
  const advanced = fields.filter(({ isAdvanced }) => isAdvanced === true)
  const shown = isOpen ? fields : fields.filter(({ isAdvanced }) => isAdvanced !== true)
  return (
    <>
      <AuthFields fields={shown} source={source} />
      {advanced.length > 0 && (
        <DisclosureLink isOpen={isOpen} onToggle={() => setOpen(!isOpen)}>
          {text(isOpen ? 'fewerFields' : 'moreFields')}
        </DisclosureLink>
      )}
    </>
  )
}

/** Hints about the input. */
function Advice({
  editor: { draft, change, credentials, changeCredentials },
}: {
  readonly editor: Editor
}) {
  const { kind, settings, baseUrl } = draft
  if (kind === 'api_key' && settings['in'] === 'query') {
    return (
      <Alert color="orange" icon={<IconAlertTriangle aria-hidden />}>
        {text('queryWarning')}
      </Alert>
    )
  }
  const token = credentials.fields['token'] ?? ''
  if (kind === 'bearer' && /^bearer\s/i.test(token)) {
    const bare = token.replace(/^bearer\s+/i, '')
    return (
      <Hint
        words={text('bearerPasted')}
        action={text('bearerStrip')}
        onAction={() => changeCredentials({ fields: { ...credentials.fields, token: bare } })}
      />
    )
  }
  const place = kind === 'aws_sigv4' ? awsEndpoint(baseUrl) : undefined
  const isDifferent = place?.region !== settings['region'] || place?.service !== settings['service']
  if (place !== undefined && isDifferent) {
    return (
      <Hint
        words={text('awsDetected', place)}
        action={text('awsApply')}
        onAction={() => change({ settings: { ...settings, ...place } })}
      />
    )
  }
  return null
}

type HintProps = { readonly words: string; readonly action: string; readonly onAction: () => void }

function Hint({ words, action, onAction }: HintProps) {
  return (
    <Alert color="blue" icon={<IconInfoCircle aria-hidden />}>
      <Stack gap={4} align="flex-start">
        <Text size="sm">{words}</Text>
        <Anchor component="button" type="button" size="sm" onClick={onAction}>
          {action}
        </Anchor>
      </Stack>
    </Alert>
  )
}
