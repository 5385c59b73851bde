import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyText } from '../../../../test/support/any-text.ts'
import {
  PERMISSION_ACTIONS,
  parsePermission,
  parseResource,
  permissionScope,
} from './permission-name.ts'

describe('a permission name', () => {
  test.each([
    ['CATEGORYTAG_READ', 'CATEGORYTAG', 'read'],
    ['QUARANTINED_MESSAGE_WRITE', 'QUARANTINED_MESSAGE', 'write'],
    ['A__B_DELETE', 'A__B', 'delete'],
    ['contacts:read', 'CONTACTS', 'read'],
    ['contacts.read', 'CONTACTS', 'read'],
    ['Contacts Read', 'CONTACTS', 'read'],
    ['savedSearch/delete', 'SAVED_SEARCH', 'delete'],
    ['job-reference:write', 'JOB_REFERENCE', 'write'],
    ['read:pets', 'PETS', 'read'],
    ['write:job.references', 'JOB_REFERENCES', 'write'],
    ['événements:read', 'EVENEMENTS', 'read'],
  ])('%s is a cell of the table', (name, resource, action) => {
    expect(parsePermission(name)).toEqual({ resource, action })
  })

  test.each([
    ['no action', 'openid'],
    ['an unknown action', 'contacts:create'],
    ['only an action', 'read'],
    ['only a separator', ':read'],
    ['nothing', ''],
    ['two adjacent actions', 'User.ReadWrite'],
    ['a URL', 'https://www.example.com/auth/drive'],
    ['a resource that begins with a digit', '3d:read'],
    ['a resource of 65 letters', `${'A'.repeat(65)}_READ`],
    ['129 characters', `a:${'-'.repeat(122)}:read`],
    ['only letters beyond ASCII', '联系人:读'],
  ])('with %s is invalid: %s', (_, name) => {
    expect(parsePermission(name)).toBeUndefined()
  })

  test('is the scope of its own cell', () => {
    const resource = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,63}$/)
    fc.assert(
      fc.property(resource, fc.constantFrom(...PERMISSION_ACTIONS), (name, action) => {
        const permission = { resource: name, action }
        expect(parsePermission(permissionScope(permission))).toEqual(permission)
      }),
    )
  })

  test('of any form results in a well-formed scope or undefined', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom('', ':read', '_WRITE'), (text, ending) => {
        const permission = parsePermission(`${text}${ending}`)
        if (permission === undefined) return
        expect(permissionScope(permission)).toMatch(/^[A-Z][A-Z0-9_]{0,63}_(?:READ|WRITE|DELETE)$/)
      }),
    )
  })
})

describe('a resource', () => {
  test.each([
    ['Category Tag', 'CATEGORY_TAG'],
    ['Größe (neu)', 'GROSSE_NEU'],
    ['messageV2', 'MESSAGE_V2'],
    ['  users  ', 'USERS'],
  ])('is derived from text: %s', (words, resource) => {
    expect(parseResource(words)).toBe(resource)
  })

  test.each(['', '  ', '3D', '联系人', 'x'.repeat(129)])('cannot be %j', (words) => {
    expect(parseResource(words)).toBeUndefined()
  })
})
