import { Code, Group, Stack, Table, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { Instant } from '../components/instant.tsx'
import { list, number } from '../components/time.ts'
import { catalogue } from '../messages/catalogue.ts'
import classes from './audit.module.css'
import type { AuditEvent } from './audit-event.ts'
import messages from './messages.json'

const text = catalogue(messages)

/** The table of fields that an event changed, with previous and new values. */
export function ChangeList({ event: { changes, target } }: { readonly event: AuditEvent }) {
  const fields = Object.entries(changes)
  if (fields.length === 0) return null
  return (
    // Explicit roles, because `display` removes the native table roles on narrow screens.
    <Table role="table" aria-label={text('changes')} className={classes.changes}>
      <Table.Thead role="rowgroup">
        <Table.Tr role="row">
          <Table.Th role="columnheader" scope="col">
            {text('field')}
          </Table.Th>
          <Table.Th role="columnheader" scope="col">
            {text('before')}
          </Table.Th>
          <Table.Th role="columnheader" scope="col">
            {text('after')}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody role="rowgroup">
        {fields.map(([field, { from, to }]) => (
          <Table.Tr role="row" key={field}>
            <Table.Th role="rowheader" scope="row">
              {fieldName(field, target.type)}
            </Table.Th>
            <Table.Td role="cell">
              <Value value={from} />
            </Table.Td>
            <Table.Td role="cell">
              <Value value={to} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

/** Returns the label of a field. The same field can have another label for one type of target. */
function fieldName(field: string, targetType: string): string {
  const specific = `field.${targetType}.${field}`
  const key = text.has(specific) ? specific : `field.${field}`
  return text.has(key) ? text(key) : field
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

function Value({ value }: { readonly value: unknown }): ReactNode {
  if (value === null || value === undefined || value === '') return <Nothing />
  if (typeof value === 'string') {
    return INSTANT.test(value) ? <Instant at={value} form="exact" /> : <span>{value}</span>
  }
  if (typeof value === 'number') return <span>{number(value)}</span>
  if (typeof value === 'boolean') return <span>{text(value ? 'yes' : 'no')}</span>
  if (Array.isArray(value)) {
    const names = value.map(String)
    return names.length === 0 ? <Nothing /> : <span>{list(names)}</span>
  }
  if (isListChange(value)) return <ListChange {...value} />
  return <Code>{JSON.stringify(value)}</Code>
}

function Nothing() {
  return (
    <Text span size="sm" c="dimmed">
      {text('none')}
    </Text>
  )
}

/** A change of a list: the new length, and the removed and added entries. */
type ListPart = {
  readonly count: number
  readonly removed?: readonly string[]
  readonly added?: readonly string[]
}

function ListChange({ count, removed = [], added = [] }: ListPart) {
  return (
    <Stack gap={4}>
      <Text size="sm">{text('entries', { count })}</Text>
      {removed.length + added.length > 0 && (
        <Group gap="0.2rem 0.8rem">
          {removed.map((name) => (
            <Text key={name} size="sm" component="del" className={classes.removed}>
              {text('removed', { name })}
            </Text>
          ))}
          {added.map((name) => (
            <Text key={name} size="sm" component="ins" className={classes.added}>
              {text('added', { name })}
            </Text>
          ))}
        </Group>
      )}
    </Stack>
  )
}

function isListChange(value: unknown): value is ListPart {
  return (
    typeof value === 'object' &&
    value !== null &&
    'count' in value &&
    typeof value.count === 'number' &&
    (isNames(value, 'removed') || isNames(value, 'added'))
  )
}

function isNames(value: object, name: string): boolean {
  const names: unknown = Reflect.get(value, name)
  return Array.isArray(names) && names.every((one) => typeof one === 'string')
}
