import { Stack, Text } from '@mantine/core'
import { type ReactNode, useMemo, useRef } from 'react'
import { CopyButton } from '../../components/copy-button.tsx'
import { Panel } from '../../components/panel.tsx'
import { exactInstant, list } from '../../components/time.ts'
import { catalogue } from '../../messages/catalogue.ts'
import { permissionRows } from '../permissions/permission-rows.ts'
import { type AccessGroup, groupByAccess } from './access-groups.ts'
import { apiName } from './api-permissions.tsx'
import classes from './create.module.css'
import type { Draft } from './draft.ts'
import { lifetimeDays } from './expiry.ts'
import type { FormApi } from './form-options.ts'
import messages from './messages.json'

const text = catalogue(messages)

type SummaryProps = {
  readonly draft: Draft
  readonly api: FormApi | undefined
  readonly ms: number | undefined
  readonly nowMs: number
  readonly timeZone: string
  /** The URL that fills in the same form. */
  readonly link: string
}

/** Summarizes the form in a sentence. */
export function Summary({ draft, api, ms, nowMs, timeZone, link }: SummaryProps) {
  const source = useRef<HTMLSpanElement>(null)
  const rows = useMemo(() => (api === undefined ? [] : permissionRows(api)), [api])
  const access = describeAccess(
    draft,
    api,
    rows.length === 0 ? [] : groupByAccess(rows, draft.permissions),
  )
  const name = draft.name.trim() === '' ? text('summaryUnnamed') : draft.name.trim()
  const values = { b: bold, name, access: access ?? '' }
  return (
    <Panel title={text('summary')}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{sentence()}</Text>
        {api !== undefined && (
          <Text size="sm" c="dimmed">
            {text('summaryApi', { api: apiName(api), environment: draft.environment })}{' '}
            {text('summaryCalls')}
          </Text>
        )}
        {/* Selected and copied if the Clipboard API is not available. */}
        <span ref={source} className={classes.link} aria-hidden>
          {link}
        </span>
        <CopyButton value={link} what={text('link')} source={source} label={text('copyLink')} />
        <Text size="xs" c="dimmed">
          {text('linkHint')}
        </Text>
      </Stack>
    </Panel>
  )

  function sentence(): ReactNode {
    if (access === undefined) return text.rich('summaryNone', values)
    if (ms === undefined) return text.rich('summaryNoExpiry', values)
    const when = exactInstant(new Date(ms).toISOString(), timeZone)
    const span =
      draft.expiry === 'custom'
        ? text('summarySpan', { count: lifetimeDays(ms, nowMs) })
        : text(`expiry.${draft.expiry}`)
    return text.rich('summaryText', { ...values, when, span })
  }
}

/** Further resources are counted, not named. */
const NAMED_MAX = 6

function describeAccess(
  { kind, permissions }: Draft,
  api: FormApi | undefined,
  access: readonly AccessGroup[],
): string | undefined {
  if (api === undefined) return undefined
  if (kind === 'full_access') return text('accessFull', { api: apiName(api) })
  if (access.length === 0) return undefined
  if (permissions.size === api.scopes.length) return text('accessAll', { api: apiName(api) })
  return list(
    access.map(({ cells, resources }) => {
      const key = `access.${cells}`
      return text.has(key) ? text(key, { resources: list(shorten(resources)) }) : ''
    }),
  )
}

function shorten(resources: readonly string[]): readonly string[] {
  const rest = resources.length - NAMED_MAX
  if (rest < 2) return resources
  return [...resources.slice(0, NAMED_MAX), text('andMore', { count: rest })]
}

function bold(parts: ReactNode[]): ReactNode {
  return <strong>{parts}</strong>
}
