import { describe, expect, test } from 'vitest'
import { readVectors } from '../../../test/support/vectors.ts'
import { type MapOpenApiOptions, mapOpenApi, type PermissionMap } from './permission-map.ts'

describe("Sedna's document, by its pattern", () => {
  const options = { permissionPattern: 'Required API Permissions: *' }

  test('has 17 resources, 38 permissions and 162 operations, all but one mapped', (ctx) => {
    const map = readMap(readVectors<unknown>(ctx, 'openapi', 'sedna.json'), options)
    expect(map.resources).toHaveLength(17)
    expect(map.permissions).toHaveLength(38)
    expect(map.operations).toHaveLength(162)
    expect(map.unmapped).toEqual([{ method: 'POST', path: '/oauth/token' }])
  })

  test('contains every permission of every operation', (ctx) => {
    const map = readMap(readVectors<unknown>(ctx, 'openapi', 'sedna.json'), options)
    expect(permissionsOf(map, 'GET', '/2019-01-01/message/{id}/quarantine/event')).toEqual([
      'QUARANTINED_MESSAGE_READ',
      'EVENT_READ',
    ])
    expect(map.resources.find(({ resource }) => resource === 'QUARANTINED_MESSAGE')).toEqual({
      resource: 'QUARANTINED_MESSAGE',
      actions: ['read', 'write'],
    })
  })

  test('has its title and its unchanged servers', (ctx) => {
    const result = mapOpenApi(readVectors<unknown>(ctx, 'openapi', 'sedna.json'), options)
    expect(result).toMatchObject({
      title: 'Sedna API',
      servers: ['https://{tenant}.sednanetwork.com/platform'],
    })
  })

  test('without the pattern has a resource for every tag and no unmapped operation', (ctx) => {
    const map = readMap(readVectors<unknown>(ctx, 'openapi', 'sedna.json'))
    expect(map.permissions).toContain('CATEGORY_TAG_API_DELETE')
    expect(map.unmapped).toEqual([])
  })
})

describe('the permissions of an operation', () => {
  test.each([
    ['a name', 'CONTACT_READ', ['CONTACT_READ']],
    ['several names', 'CONTACT_READ, TEAM_READ', ['CONTACT_READ', 'TEAM_READ']],
    ['a list', ['CONTACT_READ', 'TEAM_READ', 'CONTACT_READ'], ['CONTACT_READ', 'TEAM_READ']],
  ])('come from x-keyporter-permission, as %s', (_, field, expected) => {
    const operation = { 'x-keyporter-permission': field, security: [{ oauth: ['X_WRITE'] }] }
    expect(permissionsOfOne({ get: operation })).toEqual(expected)
  })

  test('come from the path item if the operation has no field', () => {
    const pathItem = { 'x-keyporter-permission': 'A_READ', get: {} }
    expect(permissionsOfOne(pathItem)).toEqual(['A_READ'])
    expect(permissionsOfOne({ ...pathItem, get: { 'x-keyporter-permission': 'B_READ' } })).toEqual([
      'B_READ',
    ])
  })

  test('are all scopes of the first security requirement with scopes', () => {
    const security = [{ basic: [] }, { oauth: ['A_READ'], mtls: ['B_READ'] }, { oauth: ['C_READ'] }]
    expect(permissionsOfOne({ get: { security } })).toEqual(['A_READ', 'B_READ'])
  })

  test('are the scopes of the document only without security of the operation', () => {
    const security = [{ oauth: ['A_READ'] }]
    expect(permissionsOfOne({ get: {} }, { security })).toEqual(['A_READ'])
    expect(permissionsOfOne({ get: { security: [], tags: ['B'] } }, { security })).toEqual([
      'B_READ',
    ])
  })

  test('come from the pattern in the description, and other operations are unmapped', () => {
    const paths = {
      '/a': { get: { description: 'Reads.\nNeeds: A_READ, B_READ\nMore.', tags: ['X'] } },
      '/b': { get: { description: 'Reads.', tags: ['X'] } },
      '/c': { get: { description: 'Needs: none', tags: ['X'] } },
    }
    const map = readMap(openApi(paths), { permissionPattern: 'Needs: *' })
    expect(permissionsOf(map, 'GET', '/a')).toEqual(['A_READ', 'B_READ'])
    expect(map.unmapped.map(({ path }) => path)).toEqual(['/b', '/c'])
  })

  test('come from tag and method with a pattern and the fallback', () => {
    const map = readMap(openApi({ '/b': { get: { tags: ['X'] } } }), {
      permissionPattern: 'Needs: *',
      fallback: 'tags',
    })
    expect(map.permissions).toEqual(['X_READ'])
  })

  test.each([
    ['get', 'READ'],
    ['head', 'READ'],
    ['options', 'READ'],
    ['post', 'WRITE'],
    ['put', 'WRITE'],
    ['patch', 'WRITE'],
    ['delete', 'DELETE'],
  ])('come from tag and method: %s means %s', (method, action) => {
    expect(permissionsOfOne({ [method]: { tags: ['Saved Search', 'Y'] } })).toEqual([
      `SAVED_SEARCH_${action}`,
    ])
  })

  test('are empty for TRACE without another source', () => {
    expect(readMap(openApi({ '/a': { trace: { tags: ['A'] } } })).unmapped).toEqual([
      { method: 'TRACE', path: '/a' },
    ])
  })

  test.each([
    ['/v1/contacts/{id}', 'CONTACTS_READ'],
    ['/2019-01-01/categoryTag', 'CATEGORY_TAG_READ'],
    ['/api/v2beta1/{organization}/job-references', 'JOB_REFERENCES_READ'],
    ['/api/v1/{id}', 'API_READ'],
    ['/1.0/files-{id}/parts', 'PARTS_READ'],
  ])(
    'without a tag come from the first segment of the path that is not a prefix or a parameter: %s',
    (path, name) => {
      expect(readMap(openApi({ [path]: { get: { tags: ['联系人'] } } })).permissions).toEqual([
        name,
      ])
    },
  )

  test('are empty without a usable tag or path', () => {
    expect(readMap(openApi({ '/v1/{id}': { get: {} } })).unmapped).toHaveLength(1)
  })
})

describe('a permission map', () => {
  test('sorts resources by name, and keeps the order of actions and operations', () => {
    const map = readMap(
      openApi({
        '/b': { delete: { tags: ['B'] }, get: { tags: ['B'] } },
        '/a': { post: { tags: ['A'] } },
      }),
    )
    expect(map.resources).toEqual([
      { resource: 'A', actions: ['write'] },
      { resource: 'B', actions: ['read', 'delete'] },
    ])
    expect(map.permissions).toEqual(['A_WRITE', 'B_READ', 'B_DELETE'])
    expect(map.operations.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /b',
      'DELETE /b',
      'POST /a',
    ])
  })

  test('contains no webhooks, callbacks, extensions or fields other than methods', () => {
    const document = {
      ...openApi({
        '/a': { get: { tags: ['A'], callbacks: { c: { '/c': { post: {} } } } }, parameters: [] },
        'x-internal': { get: {} },
      }),
      webhooks: { w: { post: {} } },
    }
    expect(readMap(document).operations).toHaveLength(1)
  })

  test('is the same for OpenAPI 3.0 and 3.1', () => {
    for (const openapi of ['3.0.0', '3.0.4', '3.1.0', '3.1.2', '3.1']) {
      expect(mapOpenApi({ ...openApi({ '/a': { get: {} } }), openapi }).ok).toBe(true)
    }
  })

  test('follows references of path items within the document, and fields next to them take precedence', () => {
    const document = {
      ...openApi({
        '/a': { $ref: '#/components/pathItems/Both~1of%20them', get: { tags: ['Own'] } },
        '/b': { $ref: '#/paths/~1a' },
      }),
      components: { pathItems: { 'Both/of them': { get: {}, post: { tags: ['Theirs'] } } } },
    }
    const map = readMap(document)
    expect(permissionsOf(map, 'GET', '/b')).toEqual(['OWN_READ'])
    expect(permissionsOf(map, 'POST', '/b')).toEqual(['THEIRS_WRITE'])
  })

  test('accepts cyclic schemas', () => {
    const node: Record<string, unknown> = { type: 'object' }
    node['properties'] = { parent: node, child: { $ref: '#/components/schemas/Node' } }
    const document = { ...openApi({ '/a': { get: {} } }), components: { schemas: { Node: node } } }
    expect(mapOpenApi(document).ok).toBe(true)
  })

  test('ignores inherited object members', () => {
    const document = JSON.parse(
      '{"openapi":"3.0.0","__proto__":{"security":[{"x":["EVIL_READ"]}]},"paths":{"/constructor":' +
        '{"get":{"tags":["toString"]},"__proto__":{"post":{}}},"/__proto__":{"get":{}}}}',
    )
    expect(readMap(document).permissions).toEqual(['PROTO_READ', 'TO_STRING_READ'])
    expect(Object.hasOwn(Object.prototype, 'security')).toBe(false)
    expect(problemsOf(openApi({ '/a': { $ref: '#/constructor' } }))).toEqual([
      ['/paths/~1a/$ref', 'reference_unresolved'],
    ])
  })
})

describe('a document is rejected', () => {
  test.each([
    ['that is not an object', [], '', 'document_not_object'],
    ['that is undefined', undefined, '', 'document_not_object'],
    ['of Swagger 2.0', { swagger: '2.0', paths: {} }, '/swagger', 'version_swagger'],
    ['of OpenAPI 3.2', { openapi: '3.2.0', paths: {} }, '/openapi', 'version_unsupported'],
    ['of OpenAPI 31', { openapi: '31.0', paths: {} }, '/openapi', 'version_unsupported'],
    ['with a number as version', { openapi: 3.1, paths: {} }, '/openapi', 'version_missing'],
    ['without paths', { openapi: '3.1.0' }, '/paths', 'paths_missing'],
    ['without operations', openApi({ '/a': {} }), '/paths', 'operations_missing'],
    [
      'with a path without a leading slash',
      openApi({ 'a\n<secret>': { get: {} } }),
      '/paths',
      'path_invalid',
    ],
    ['with a path that has a query', openApi({ '/a?b': { get: {} } }), '/paths', 'path_invalid'],
    [
      'with a path that has a parent segment',
      openApi({ '/a/%2e%2e/b': { get: {} } }),
      '/paths',
      'path_invalid',
    ],
    ['with a list as path item', openApi({ '/a': [] }), '/paths/~1a', 'path_item_invalid'],
    [
      'with text as operation',
      openApi({ '/a~b': { get: 'x' } }),
      '/paths/~1a~0b/get',
      'operation_invalid',
    ],
    [
      'with a reference to another document',
      openApi({ '/a': { $ref: 'other.yaml#/a' } }),
      '/paths/~1a/$ref',
      'reference_external',
    ],
    [
      'with a reference to a missing object',
      openApi({ '/a': { $ref: '#/b' } }),
      '/paths/~1a/$ref',
      'reference_unresolved',
    ],
    [
      'with a malformed reference',
      openApi({ '/a': { $ref: '#/%zz' } }),
      '/paths/~1a/$ref',
      'reference_unresolved',
    ],
    [
      'with a reference that is not text',
      openApi({ '/a': { $ref: 1 } }),
      '/paths/~1a/$ref',
      'reference_unresolved',
    ],
    [
      'with a reference to itself',
      openApi({ '/a': { $ref: '#/paths/~1a' } }),
      '/paths/~1a/$ref',
      'reference_cyclic',
    ],
    [
      'with an empty permission field',
      openApi({ '/a': { get: { 'x-keyporter-permission': [] } } }),
      '/paths/~1a/get/x-keyporter-permission',
      'permission_field_invalid',
    ],
    [
      'with a permission field of another type',
      openApi({ '/a': { 'x-keyporter-permission': { a: 1 }, get: {} } }),
      '/paths/~1a/x-keyporter-permission',
      'permission_field_invalid',
    ],
    [
      'with a permission that is not a resource and an action',
      openApi({ '/a': { get: { security: [{ oauth: ['contacts:read', 'admin'] }] } } }),
      '/paths/~1a/get/security',
      'permission_inexpressible',
    ],
    [
      'with security of another type',
      openApi({ '/a': { get: { security: { oauth: [] } } } }),
      '/paths/~1a/get/security',
      'security_invalid',
    ],
    [
      'with security that lists scopes in another form',
      { ...openApi({ '/a': { get: {} } }), security: [{ oauth: 'A_READ' }] },
      '/security',
      'security_invalid',
    ],
  ])('%s', (_, document, pointer, code) => {
    expect(problemsOf(document)).toEqual([[pointer, code]])
  })

  test('with cyclic references or too many references', () => {
    const circle = openApi({ '/a': { $ref: '#/paths/~1b' }, '/b': { $ref: '#/paths/~1a' } })
    expect(problemsOf(circle)).toEqual([
      ['/paths/~1b/$ref', 'reference_cyclic'],
      ['/paths/~1a/$ref', 'reference_cyclic'],
    ])
    const chain = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`/${index}`, { $ref: `#/paths/~1${index + 1}` }]),
    )
    const [first] = problemsOf(openApi({ ...chain, '/20': { get: {} } }))
    expect(first).toEqual(['/paths/~116/$ref', 'reference_too_long'])
  })

  test.each(['', '*', 'no star', ' *', 'two\nlines *', `${'x'.repeat(200)}*`])(
    'with an invalid pattern: %j',
    (permissionPattern) => {
      const result = mapOpenApi(openApi({ '/a': { get: {} } }), { permissionPattern })
      expect(result).toMatchObject({ problems: [{ pointer: '', code: 'pattern_invalid' }] })
    },
  )

  test('with an operation with more than 64 permissions', () => {
    const names = Array.from({ length: 65 }, (_, index) => `A${index}_READ`)
    const security = names.map((name) => ({ oauth: [name] }))
    for (const get of [{ 'x-keyporter-permission': names }, { security }]) {
      expect(problemsOf(openApi({ '/a': { get } })).map(([, code]) => code)).toEqual([
        'permissions_too_many',
      ])
    }
  })

  test('with more than 20,000 operations or 500 resources', () => {
    const many = (count: number) =>
      openApi(
        Object.fromEntries(
          Array.from({ length: count }, (_, index) => [`/a${index}`, { get: {} }]),
        ),
      )
    expect(problemsOf(many(501))).toEqual([['/paths', 'resources_too_many']])
    expect(problemsOf(many(20_001))).toEqual([['/paths', 'operations_too_many']])
  })

  test('with all problems, up to 100', () => {
    const paths = Object.fromEntries(
      Array.from({ length: 150 }, (_, index) => [`/${index}`, { get: 1 }]),
    )
    expect(problemsOf(openApi(paths))).toHaveLength(100)
  })

  test('without text of the document except paths', () => {
    const get = { 'x-keyporter-permission': 'hunter2', security: 'hunter2' }
    const result = mapOpenApi(openApi({ '/a': { get }, '/b': { $ref: 'hunter2' }, hunter2: {} }))
    expect(result.ok).toBe(false)
    expect(JSON.stringify(result)).not.toContain('hunter2')
  })
})

function openApi(paths: Record<string, unknown>) {
  return { openapi: '3.1.0', info: { title: 'T', version: '1' }, paths }
}

function readMap(document: unknown, options?: MapOpenApiOptions): PermissionMap {
  const result = mapOpenApi(document, options)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.map
}

function permissionsOf(map: PermissionMap, method: string, path: string) {
  return map.operations.find((operation) => operation.method === method && operation.path === path)
    ?.permissions
}

/** Returns the permissions of the operation of a document with one path. */
function permissionsOfOne(pathItem: unknown, fields: Record<string, unknown> = {}) {
  return readMap({ ...openApi({ '/a': pathItem }), ...fields }).operations[0]?.permissions
}

function problemsOf(document: unknown) {
  const result = mapOpenApi(document)
  return result.ok ? [] : result.problems.map(({ pointer, code }) => [pointer, code])
}
