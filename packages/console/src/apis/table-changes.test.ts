import { describe, expect, it } from 'vitest'
import type { Api } from './api.ts'
import {
  compareTables,
  operationsRequiring,
  rebaseDraft,
  unmapOperations,
} from './table-changes.ts'
import { changeDraft, type DraftChange, toDraft, toTable } from './table-draft.ts'

const row = (resource: string, actions: Api['permissions'][number]['actions'] = ['read']) => ({
  resource,
  actions,
  description: '',
  scopes: Object.fromEntries(actions.map((one) => [one, `${resource}_${one.toUpperCase()}`])),
})

const table = [row('CONTACT', ['read', 'write']), row('EVENT'), row('USER')]

function edit(permissions: Api['permissions'], ...changes: readonly DraftChange[]) {
  return changes.reduce(changeDraft, toDraft(permissions))
}

describe('an edited permission table', () => {
  it('has no changes after every edit is undone', () => {
    const rows = edit(
      table,
      { kind: 'toggle', key: 'EVENT', action: 'delete' },
      { kind: 'toggle', key: 'EVENT', action: 'delete' },
      { kind: 'remove', key: 'USER' },
      { kind: 'restore', key: 'USER' },
      { kind: 'move', key: 'EVENT', by: -1 },
      { kind: 'move', key: 'EVENT', by: 1 },
      { kind: 'add', resource: 'NEW', actions: ['read'] },
      { kind: 'remove', key: 'new NEW' },
    )
    expect(compareTables(table, rows)).toBeUndefined()
  })

  it('reports added and removed permissions, new descriptions and a new order', () => {
    const rows = edit(
      table,
      { kind: 'toggle', key: 'CONTACT', action: 'write' },
      { kind: 'remove', key: 'USER' },
      { kind: 'describe', key: 'EVENT', description: 'What happened' },
      { kind: 'move', key: 'EVENT', by: -1 },
      { kind: 'add', resource: 'CREW', actions: ['read'] },
    )
    expect(compareTables(table, rows)).toEqual({
      added: ['CREW_READ'],
      removed: ['CONTACT_WRITE', 'USER_READ'],
      described: [{ resource: 'EVENT', to: 'What happened' }],
      isReordered: true,
    })
  })

  it('keeps custom scope names and omits default ones', () => {
    const own = { ...row('EVENT'), scopes: { read: 'EVENTS_ALL' } }
    expect(toTable(toDraft([own, row('USER')]))).toEqual([
      { resource: 'EVENT', actions: ['read'], description: '', scopes: { read: 'EVENTS_ALL' } },
      { resource: 'USER', actions: ['read'], description: '' },
    ])
  })

  it('unmaps an operation that loses one of its permissions', () => {
    const operations = [
      { method: 'GET', path: '/a', permissions: ['CONTACT_READ', 'EVENT_READ'] },
      { method: 'GET', path: '/b', permissions: ['CONTACT_READ'] },
    ]
    expect(operationsRequiring(operations, ['EVENT_READ'])).toEqual([operations[0]])
    expect(unmapOperations(operations, ['EVENT_READ'])).toEqual([
      { method: 'GET', path: '/a', permissions: [] },
      operations[1],
    ])
  })

  it('is rebased on a concurrent change, which wins where nothing was edited', () => {
    const rows = edit(
      table,
      { kind: 'toggle', key: 'EVENT', action: 'write' },
      { kind: 'move', key: 'EVENT', by: -1 },
      { kind: 'remove', key: 'USER' },
      { kind: 'add', resource: 'CREW', actions: ['read'] },
    )
    const theirs = [row('CONTACT', ['read']), row('EVENT'), row('USER'), row('SHIP')]
    expect(toTable(rebaseDraft(table, rows, theirs))).toMatchObject([
      { resource: 'EVENT', actions: ['read', 'write'] },
      { resource: 'CONTACT', actions: ['read'] },
      { resource: 'CREW' },
      { resource: 'SHIP' },
    ])
  })
})
