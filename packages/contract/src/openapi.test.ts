import { mapOpenApi } from '@keyporter/protocol'
import { describe, expect, it } from 'vitest'
import { errorCodes, statusesOf } from './errors.ts'
import { buildOpenApi } from './openapi.ts'
import { errorsOf } from './route-errors.ts'
import { routeList } from './routes.ts'

const document = buildOpenApi({ serverUrl: 'https://keys.example.com', version: '1.2.3' })
const text = JSON.stringify(document)

const operationOf = (method: string, path: string): unknown =>
  document.paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]

function at(...steps: string[]): unknown {
  return steps.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined,
    document,
  )
}

/** Returns every object of the document that has the member, with its path. */
function findAll(name: string, value: unknown = document, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return []
  const own: [string, unknown][] = Object.hasOwn(value, name) ? [[path, value]] : []
  const below = Object.entries(value).flatMap(([step, part]) =>
    findAll(name, part, `${path}/${step}`),
  )
  return [...own, ...below]
}

describe('the document', () => {
  it('states the server URL and the version', () => {
    expect(document).toMatchObject({
      openapi: '3.1.1',
      info: { title: 'Keyporter', version: '1.2.3' },
      servers: [{ url: 'https://keys.example.com' }],
    })
  })

  it('survives a JSON round trip', () => {
    expect(JSON.parse(text)).toStrictEqual(document)
  })

  it('contains every route under a unique operation id', () => {
    for (const { operationId, method, path, summary } of routeList)
      expect(operationOf(method, path)).toMatchObject({ operationId, summary })
    const names = findAll('operationId').map(([, operation]) =>
      Reflect.get(Object(operation), 'operationId'),
    )
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBe(routeList.length + 5)
  })

  it('resolves every reference', () => {
    const references = findAll('$ref').map(([, value]) =>
      String(Reflect.get(Object(value), '$ref')),
    )
    expect(references.length).toBeGreaterThan(100)
    for (const reference of new Set(references))
      expect(at(...reference.slice(2).split('/'))).toBeTypeOf('object')
  })

  it('contains no zod-specific keywords', () => {
    expect(text).not.toContain('$defs')
    expect(text).not.toContain('$schema')
    expect(text).not.toContain(String(Number.MAX_SAFE_INTEGER))
  })

  it('declares every path parameter', () => {
    for (const path of Object.keys(document.paths)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      for (const operation of Object.values(document.paths[path] ?? {})) {
        const declared = findAll('in', operation['parameters'] ?? [])
          .map(([, parameter]) => Object(parameter))
          .filter((parameter) => parameter.in === 'path')
        expect(declared.map(({ name }) => name)).toStrictEqual(named)
        expect(declared.every(({ required }) => required)).toBe(true)
      }
    }
  })

  it('describes every tag in use', () => {
    const used = new Set(findAll('operationId').flatMap(([, value]) => Object(value).tags))
    expect(document.tags.map(({ name }) => name)).toStrictEqual(expect.arrayContaining([...used]))
  })
})

describe('permissions', () => {
  it('match the permissions that the API import reads, for every route', () => {
    // No description matches this pattern, and without `fallback` no permission comes from a tag.
    const result = mapOpenApi(document, { permissionPattern: 'Required API Permissions: *' })
    if (!result.ok) throw new Error(JSON.stringify(result.problems))
    const read = new Map(
      result.map.operations.map(({ method, path, permissions }) => [
        `${method} ${path}`,
        permissions,
      ]),
    )
    for (const { method, path, access } of routeList) {
      const found = read.get(`${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
      expect([path, new Set(found)]).toStrictEqual([
        path,
        new Set(Array.isArray(access) ? access : []),
      ])
    }
    expect(result.servers).toStrictEqual(['https://keys.example.com'])
  })

  it('are not required for public routes', () => {
    for (const { method, path, access } of routeList) {
      const security = Reflect.get(Object(operationOf(method, path)), 'security')
      expect(security).toStrictEqual(access === 'public' ? [] : undefined)
    }
  })
})

describe('parameters', () => {
  const namesOf = (method: string, path: string): string[] =>
    findAll('$ref', Reflect.get(Object(operationOf(method, path)), 'parameters') ?? []).map(
      ([, value]) => Object(value).$ref.split('/').at(-1),
    )

  it('of routes that act in an organization include organizationId', () => {
    expect(namesOf('GET', '/v1/credentials')).toStrictEqual(['organizationId'])
    expect(namesOf('GET', '/v1/organizations')).toStrictEqual([])
    expect(namesOf('POST', '/v1/sessions')).toStrictEqual([])
  })

  it('of POST and PATCH include Idempotency-Key and If-Match', () => {
    expect(namesOf('POST', '/v1/credentials')).toContain('idempotencyKey')
    expect(namesOf('PATCH', '/v1/credentials/:id')).toContain('ifMatch')
    expect(namesOf('POST', '/v1/credentials/:id/revoke')).toContain('ifMatch')
  })

  it('of lists are optional', () => {
    expect(operationOf('GET', '/v1/credentials')).toMatchObject({
      parameters: expect.arrayContaining([
        expect.objectContaining({ name: 'limit', in: 'query', required: false }),
        expect.objectContaining({ name: 'status', in: 'query', required: false }),
      ]),
    })
  })
})

describe('schemas', () => {
  it('reject unknown request fields and allow unknown response fields', () => {
    const create = operationOf('POST', '/v1/credentials')
    expect(create).toHaveProperty(
      ['requestBody', 'content', 'application/json', 'schema', 'additionalProperties'],
      false,
    )
    expect(at('components', 'schemas', 'Credential')).not.toHaveProperty('additionalProperties')
  })

  it('mark every secret, and mark secrets in requests as write-only', () => {
    const marked = findAll('x-keyporter-secret')
    const names = new Set(marked.map(([path]) => path.split('/').at(-1)))
    expect([...names].toSorted((a = '', b = '') => a.localeCompare(b))).toStrictEqual([
      'access_token',
      'accessTokenSecret',
      'authorization',
      'client_secret',
      'clientSecret',
      'code',
      'consumerSecret',
      'currentPassword',
      'newPassword',
      'password',
      'privateKey',
      'recoveryCodes',
      'secret',
      'secretAccessKey',
      'sessionToken',
      'token',
      'totpCode',
      'url',
      'value',
    ])
    for (const [path, schema] of marked)
      expect([path, Object(schema).writeOnly === true]).toStrictEqual([
        path,
        path.includes('/requestBody/'),
      ])
  })
})

describe('errors', () => {
  it('are all values of `code` in the problem schema', () => {
    expect(at('components', 'schemas', 'Problem', 'properties', 'code', 'enum')).toStrictEqual(
      Object.keys(errorCodes),
    )
  })

  it('are listed under their statuses, for every route', () => {
    for (const route of routeList) {
      const operation = operationOf(route.method, route.path)
      for (const code of errorsOf(route)) {
        for (const status of statusesOf(code)) {
          expect(operation).toHaveProperty(
            ['responses', String(status), 'x-keyporter-codes'],
            expect.arrayContaining([code]),
          )
        }
      }
    }
  })
})
