import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { routes } from '@keyporter/contract'
import { compileMatcher, permissionScope } from '@keyporter/protocol'
import { describe, expect, test } from 'vitest'

const file = join(import.meta.dirname, '../examples/sample-catalogue.json')
const catalogue = routes.apis.create.body.parse(JSON.parse(readFileSync(file, 'utf8')))
const operations = catalogue.operations ?? []
const scopes = catalogue.permissions.flatMap(({ resource, actions }) =>
  actions.map((action) => permissionScope({ resource, action })),
)

describe('the sample catalogue', () => {
  test('contains the resources from Category Tag to Workflows, with their actions', () => {
    const table = catalogue.permissions.map(({ description, actions }) => {
      const letters = actions.map((action) => action.charAt(0).toUpperCase()).join('')
      return `${description} ${letters}`
    })
    expect(table).toEqual([
      'Category Tag RWD',
      'Comments R',
      'Company Details R',
      'Contact RWD',
      'Document R',
      'Event R',
      'Job Reference RWD',
      'Keyword RWD',
      'Message RWD',
      'Saved Search RWD',
      'Team RWD',
      'Template R',
      'User RWD',
      'Workflows RWD',
    ])
  })

  test('has an operation for every permission, and no operation with another permission', () => {
    const required = new Set(operations.flatMap(({ permissions }) => permissions))
    expect(required).toEqual(new Set(scopes))
  })

  test('maps every operation, with its parameters filled in, to its permissions', () => {
    const match = compileMatcher(operations)
    for (const { method, path, permissions } of operations) {
      expect(match(method, path.replaceAll('{id}', '42'))).toEqual(permissions)
    }
  })
})
