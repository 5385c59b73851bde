import { Badge, Text } from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { list } from '../../components/time.ts'
import { catalogue } from '../../messages/catalogue.ts'
import type { Credential } from '../credential.ts'
import type { ApiSummary } from './credentials-query.ts'
import classes from './list.module.css'
import messages from './messages.json'

const text = catalogue(messages)
const NAMED_MAX = 2

type PermissionCellProps = {
  readonly credential: Credential
  /** Its API; undefined if the member cannot read it. */
  readonly api: ApiSummary | undefined
}

/** The number of granted permissions ("6 of 38") and the first resources. */
export function PermissionCell({ credential, api }: PermissionCellProps) {
  const { kind, permissions } = credential
  if (kind === 'full_access') {
    return (
      <Badge
        color="orange"
        miw="max-content"
        title={text('fullAccessHint')}
        leftSection={<IconKey size={12} aria-hidden />}
      >
        {text('fullAccess')}
      </Badge>
    )
  }
  const total = api?.scopes.length
  const count = permissions.length
  const amount =
    total === undefined
      ? text('permission.count', { count })
      : count >= total
        ? text('permission.all', { total })
        : text('permission.some', { count, total })
  const resources = resourcesOf(permissions, api)
  const named = resources.slice(0, NAMED_MAX)
  return (
    <>
      <Text size="sm">{amount}</Text>
      <Text size="xs" c="dimmed" title={list(resources)} lineClamp={2} className={classes.name}>
        {named.join(', ')}
        {resources.length > NAMED_MAX && '…'}
      </Text>
    </>
  )
}

/** Returns resource names in sentence case: CONTACT → Contact. */
function resourcesOf(permissions: readonly string[], api: ApiSummary | undefined): string[] {
  const ofApi = new Map(
    (api?.permissions ?? []).flatMap(({ resource, scopes }) =>
      Object.values(scopes).map((scope) => [scope, resource] as const),
    ),
  )
  const names = permissions.map(
    (permission) => ofApi.get(permission) ?? permission.replace(/_[A-Z]+$/, ''),
  )
  return Array.from(new Set(names), sentenceCase)
}

function sentenceCase(resource: string): string {
  const words = resource.replaceAll('_', ' ').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
