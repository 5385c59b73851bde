import { describe, expect, it } from 'vitest'
import { AppError } from '../../kernel/app-error.ts'
import {
  freeSlug,
  requireOperations,
  requirePermissionTable,
  requireStillListed,
  scopesOf,
  slugFrom,
} from './rules.ts'

function problems(work: () => unknown) {
  try {
    work()
  } catch (error) {
    if (error instanceof AppError) {
      return error.options.fields?.map(({ pointer, code }) => `${pointer} ${code}`)
    }
    throw error
  }
  return undefined
}

describe('a permission table', () => {
  it('derives scopes as RESOURCE_ACTION by default, in the order read, write, delete', () => {
    const table = requirePermissionTable([
      { resource: 'CONTACT', actions: ['delete', 'read', 'read'] },
      { resource: 'EVENT', actions: ['read'], description: 'Events', scopes: { read: 'EVENTS_R' } },
    ])
    expect(table).toEqual([
      {
        resource: 'CONTACT',
        actions: ['read', 'delete'],
        description: '',
        scopes: { read: 'CONTACT_READ', delete: 'CONTACT_DELETE' },
      },
      {
        resource: 'EVENT',
        actions: ['read'],
        description: 'Events',
        scopes: { read: 'EVENTS_R' },
      },
    ])
    expect(scopesOf(table)).toEqual(['CONTACT_READ', 'CONTACT_DELETE', 'EVENTS_R'])
  })

  it('allows no duplicate resource, no duplicate scope, and no scope without its action', () => {
    expect(
      problems(() =>
        requirePermissionTable([
          { resource: 'A', actions: ['read'] },
          { resource: 'A', actions: ['write'] },
          { resource: 'B', actions: ['read', 'write'], scopes: { write: 'A_READ' } },
          { resource: 'C', actions: ['read'], scopes: { delete: 'C_DELETE' } },
        ]),
      ),
    ).toEqual([
      '/permissions/1/resource duplicate',
      '/permissions/2/scopes/write duplicate',
      '/permissions/3/scopes/delete invalid',
    ])
  })
})

describe('operations', () => {
  const operation = { method: 'GET', path: '/a', permissions: ['A_READ'] }

  it('use only scopes of the table, and are unique by method and path', () => {
    expect(problems(() => requireOperations([operation], ['A_READ']))).toBeUndefined()
    const wrong = { method: 'GET', path: '/b', permissions: ['A_READ', 'B_READ', 'a_read'] }
    expect(problems(() => requireOperations([operation, operation, wrong], ['A_READ']))).toEqual([
      '/operations/1 duplicate',
      '/operations/2/permissions/1 unknown_permission',
      '/operations/2/permissions/2 unknown_permission',
    ])
  })

  it('report at most a hundred problems', () => {
    const many = Array.from({ length: 300 }, (_, at) => ({ ...operation, path: `/${at}` }))
    expect(problems(() => requireOperations(many, []))).toHaveLength(100)
  })

  it('prevent removing a scope that they need', () => {
    expect(problems(() => requireStillListed([operation], ['A_READ']))).toBeUndefined()
    expect(problems(() => requireStillListed([operation], []))).toEqual(['/permissions in_use'])
  })
})

describe('a slug', () => {
  it.each([
    ['Zeus Insights', 'zeus-insights'],
    ['Ärzte & Apotheken', 'arzte-apotheken'],
    ['3D models', 'd-models'],
    ['  ', 'api'],
    ['日本', 'api'],
    ['x', 'api'],
    ['a'.repeat(64), 'a'.repeat(64)],
  ])('derived from %j is %j', (name, slug) => {
    expect(slugFrom(name)).toBe(slug)
  })

  it('that is in use gets the first free number, within 64 characters', () => {
    expect(freeSlug('zeus', new Set())).toBe('zeus')
    expect(freeSlug('zeus', new Set(['zeus', 'zeus-2', 'zeus-x']))).toBe('zeus-3')
    const long = 'a'.repeat(64)
    expect(freeSlug(long, new Set([long]))).toBe(`${'a'.repeat(62)}-2`)
  })
})
