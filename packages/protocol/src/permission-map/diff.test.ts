import { expect, test } from 'vitest'
import { diffPermissionMaps } from './diff.ts'

const read = { method: 'GET', path: '/a', permissions: ['A_READ', 'B_READ'] }
const write = { method: 'POST', path: '/a', permissions: ['A_WRITE'] }

test('equal maps have no differences, in any order', () => {
  const before = { permissions: ['A_READ', 'B_READ'], operations: [read, write] }
  const after = {
    permissions: ['B_READ', 'A_READ'],
    operations: [write, { ...read, permissions: ['B_READ', 'A_READ'] }],
  }
  const nothing = { permissions: [], operations: [] }
  expect(diffPermissionMaps(before, after)).toEqual({
    added: nothing,
    removed: nothing,
    changed: [],
  })
})

test('the differences are added, removed and changed entries', () => {
  const before = { permissions: ['A_READ', 'B_READ'], operations: [read] }
  const after = {
    permissions: ['A_READ', 'A_WRITE'],
    operations: [{ ...read, permissions: ['A_READ'] }, write],
  }
  expect(diffPermissionMaps(before, after)).toEqual({
    added: { permissions: ['A_WRITE'], operations: [write] },
    removed: { permissions: ['B_READ'], operations: [] },
    changed: [{ method: 'GET', path: '/a', before: ['A_READ', 'B_READ'], after: ['A_READ'] }],
  })
})

test('an operation that is no longer mapped is a change, not a removal', () => {
  const before = { permissions: ['A_WRITE'], operations: [write] }
  const after = { permissions: [], operations: [{ ...write, permissions: [] }] }
  expect(diffPermissionMaps(before, after)).toMatchObject({
    removed: { permissions: ['A_WRITE'], operations: [] },
    changed: [{ method: 'POST', path: '/a', before: ['A_WRITE'], after: [] }],
  })
})

test('the same path with another method is another operation', () => {
  const one = { permissions: [], operations: [write] }
  const other = { permissions: [], operations: [{ ...write, method: 'PUT' }] }
  const { added, removed } = diffPermissionMaps(one, other)
  expect([added.operations.length, removed.operations.length]).toEqual([1, 1])
})
