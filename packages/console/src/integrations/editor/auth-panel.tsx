import { needsToken } from '@keyporter/protocol'
import { Alert, Anchor, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import { useState } from 'react'
import { Combobox } from '../../components/combobox.tsx'
import { DisclosureLink } from '../../components/disclosure-link.tsx'
import { ErrorBoundary } from '../../components/error-boundary.tsx'
import { Panel } from '../../components/panel.tsx'
import { catalogue } from '../../messages/catalogue.ts'
import { ConnectionActions } from '../connection-actions.tsx'
import { RedirectUrl } from '../consent/redirect-url.tsx'
import { SHARED } from '../integration.ts'
import { kindMeaning, kindName } from '../kind-words.ts'
import { isKind, kinds } from '../kinds.ts'
import { awsPlace } from './address.ts'
import type { FieldSource } from './auth-field.tsx'
import { AuthFields } from './auth-fields.tsx'
import { ExpiryField } from './expiry-field.tsx'
import messages from './messages.json'
import { shownFields } from './request.ts'
import type { Editor } from './use-editor.ts'

const text = catalogue(messages)

const kindChoices = kinds.map((kind) => ({
  value: kind,
  label: kindName(kind),
  detail: kindMeaning(kind),
}))

/** The panel for the authentication type and its fields. */
export function AuthPanel({ editor }: { readonly editor: Editor }) {
  const { draft, change, values, changeValues, submission, plan, base } = editor
  const { kind } = draft
  const choose = (value: string): void => {
    if (!isKind(value)) return
    submission.reset()
    change({ kind: value })
  }
  const { stored } = plan
  const isSaved = base?.auth.kind === kind && !plan.isMoved && stored !== undefined
  const hasNews = needsToken(kind) || stored?.statusReason !== null || stored.testedAt !== null
  return (
    <Panel title={text('authentication')}>
      <Combobox
        label={text('kind')}
        description={kindMeaning(kind)}
        value={kind}
        options={kindChoices}
        onSelect={choose}
      />
      <Advice editor={editor} />
      {plan.hasShared && draft.organizationSpecific && (
        <Text size="sm" c="dimmed">
          {text('sharedCredentials')}
        </Text>
      )}
      <ErrorBoundary resetKey={kind}>
        <KindFields source={sourceOf(editor)} hasValues={plan.hasShared} />
      </ErrorBoundary>
      {kind === 'oauth2_authorization_code' && <RedirectUrl />}
      {plan.hasShared && (
        <ExpiryField
          value={values.expiresOn}
          onChange={(expiresOn) => changeValues({ expiresOn })}
        />
      )}
      {plan.hasShared && isSaved && hasNews && (
        <ConnectionActions integrationId={base.id} organization={SHARED} connection={stored} />
      )}
    </Panel>
  )
}

function sourceOf(editor: Editor): FieldSource {
  const { draft, change, values, changeValues, plan, submission } = editor
  const { kind, settings, extraParameters } = draft
  return {
    kind,
    settings,
    extraParameters,
    changeDraft: change,
    values,
    changeValues,
    stored: plan.stored,
    submission,
  }
}

type KindFieldsProps = {
  readonly source: FieldSource
  /** Whether to show connection fields in addition to the integration settings. */
  readonly hasValues: boolean
}

function KindFields({ source, hasValues }: KindFieldsProps) {
  const [isOpen, setOpen] = useState(false)
  const fields = shownFields(source.kind, source.settings).filter(
    ({ of }) => of === 'integration' || hasValues,
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

/** Hints about the entered values. */
function Advice({ editor: { draft, change, values, changeValues } }: { readonly editor: Editor }) {
  const { kind, settings, baseUrl } = draft
  if (kind === 'api_key' && settings['in'] === 'query') {
    return (
      <Alert color="orange" icon={<IconAlertTriangle aria-hidden />}>
        {text('queryWarning')}
      </Alert>
    )
  }
  const token = values.fields['token'] ?? ''
  if (kind === 'bearer' && /^bearer\s/i.test(token)) {
    const bare = token.replace(/^bearer\s+/i, '')
    return (
      <Hint
        words={text('bearerPasted')}
        action={text('bearerStrip')}
        onAction={() => changeValues({ fields: { ...values.fields, token: bare } })}
      />
    )
  }
  const place = kind === 'aws_sigv4' ? awsPlace(baseUrl) : undefined
  const isOther = place?.region !== settings['region'] || place?.service !== settings['service']
  if (place !== undefined && isOther) {
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
