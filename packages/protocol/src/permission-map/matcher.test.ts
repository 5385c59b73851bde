import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyText } from '../../../../test/support/any-text.ts'
import { cpuMilliseconds } from '../../../../test/support/cpu-time.ts'
import { readVectors } from '../../../../test/support/vectors.ts'
import { mapOpenApi } from '../permission-map.ts'
import { compileMatcher, type MatchableOperation } from './matcher.ts'

const match = matcherOf({
  'GET /': ['ROOT_READ'],
  'GET /users': ['USER_READ'],
  'POST /users': ['USER_WRITE'],
  'GET /users/{id}': ['USER_READ', 'TEAM_READ'],
  'GET /users/me': ['ME_READ'],
  'GET /users/export': [],
  'GET /files/': ['FILE_READ'],
  'GET /files/{name}.json': ['JSON_READ'],
  'GET /files/{name}': ['FILE_READ'],
  'GET /pairs/{a}:{b}': ['PAIR_READ'],
  'GET /caf%C3%A9/{id}': ['CAFE_READ'],
  'GET /{tenant}/settings': ['SETTING_READ'],
  'GET /admin/settings': ['ADMIN_READ'],
  'HEAD /users/{id}': ['HEAD_READ'],
})

describe('a path', () => {
  test.each([
    ['/', ['ROOT_READ']],
    ['/users', ['USER_READ']],
    ['/users/42', ['USER_READ', 'TEAM_READ']],
    ['/users/me', ['ME_READ']],
    ['/users/%6De', ['ME_READ']],
    ['/users/a%20b', ['USER_READ', 'TEAM_READ']],
    ['/users/a;b=c', ['USER_READ', 'TEAM_READ']],
    ['/users/%E8%81%94', ['USER_READ', 'TEAM_READ']],
    ['/users/.hidden', ['USER_READ', 'TEAM_READ']],
    ['/users/constructor', ['USER_READ', 'TEAM_READ']],
    ['/users/__proto__', ['USER_READ', 'TEAM_READ']],
    ['/files/', ['FILE_READ']],
    ['/files/a.json', ['JSON_READ']],
    ['/files/a.b.json', ['JSON_READ']],
    ['/files/a.xml', ['FILE_READ']],
    ['/files/.json', ['FILE_READ']],
    ['/pairs/a:b', ['PAIR_READ']],
    ['/pairs/a:b:c', ['PAIR_READ']],
    ['/caf%c3%a9/1', ['CAFE_READ']],
    ['/café/1', ['CAFE_READ']],
    ['/acme/settings', ['SETTING_READ']],
    ['/admin/settings', ['ADMIN_READ']],
  ])('%s requires %j', (path, permissions) => {
    expect(match('GET', path)).toEqual(permissions)
  })

  test.each([
    ['that no operation describes', '/nothing'],
    ['with an additional segment', '/users/42/x'],
    ['of an operation without permissions', '/users/export'],
    ['with a trailing slash that the template does not have', '/users/'],
    ['without the trailing slash of the template', '/files'],
    ['with a parameter that is empty', '/pairs/:b'],
    ['that is empty', ''],
    ['that does not begin with a slash', 'users'],
    ['that is an absolute URL', 'https://example.com/users'],
    ['that is a star', '*'],
  ])('%s is rejected: %s', (_, path) => {
    expect(match('GET', path)).toBeUndefined()
  })

  test('is matched without its query and fragment', () => {
    expect(match('GET', '/users?x=/../admin#y')).toEqual(['USER_READ'])
    expect(match('GET', '/users/me#part')).toEqual(['ME_READ'])
    expect(match('GET', '/users/me?')).toEqual(['ME_READ'])
  })

  test('is rejected when its fragment looks like a path', () => {
    for (const path of ['/users#/../../admin/settings', '/users#%2f', '/users#\\x', '/users#;x']) {
      expect(match('GET', path)).toBeUndefined()
    }
  })

  test('is rejected with over 8,192 characters', () => {
    const longest = `/users/${'a'.repeat(8_185)}`
    expect(match('GET', longest)).toEqual(['USER_READ', 'TEAM_READ'])
    expect(match('GET', `${longest}a`)).toBeUndefined()
    expect(match('GET', `/users?${'a'.repeat(20_000)}`)).toEqual(['USER_READ'])
  })
})

describe('a method', () => {
  test('is case-insensitive', () => {
    expect(match('post', '/users')).toEqual(['USER_WRITE'])
    expect(match('DELETE', '/users')).toBeUndefined()
  })

  test('HEAD uses GET unless the path declares HEAD', () => {
    expect(match('HEAD', '/users')).toEqual(['USER_READ'])
    expect(match('HEAD', '/users/42')).toEqual(['HEAD_READ'])
    expect(match('HEAD', '/users/me')).toEqual(['ME_READ'])
    expect(match('HEAD', '/users/export')).toBeUndefined()
  })

  test('of only the less precise template matches that template', () => {
    const deletes = matcherOf({ 'GET /a/me': ['ME_READ'], 'DELETE /a/{id}': ['A_DELETE'] })
    expect(deletes('DELETE', '/a/me')).toEqual(['A_DELETE'])
  })
})

describe('another spelling of a path never requires fewer permissions', () => {
  test.each([
    ['dot segments', '/users/../admin/settings'],
    ['dot segments, encoded', '/users/%2e%2E/admin/settings'],
    ['dot segments, half encoded', '/users/.%2e/settings'],
    ['a single dot', '/./users'],
    ['a single dot, encoded', '/users/%2e'],
    ['dots and a matrix parameter', '/acme/..;x/settings'],
    ['dots and an encoded semicolon', '/..%3b/settings'],
    ['dots and a space', '/..%20/settings'],
    ['three dots', '/.../settings'],
    ['an empty segment', '//users'],
    ['an empty segment in the middle', '/admin//settings'],
    ['an empty segment at the end', '/users//'],
    ['a segment that is a matrix parameter', '/;x/settings'],
    ['a segment that is white space', '/%20/settings'],
    ['an encoded slash', '/users%2fme'],
    ['an encoded slash within a parameter', '/users/a%2Fb'],
    ['an encoded backslash', '/users/..%5cadmin'],
    ['a backslash', '/users\\me'],
    ['a full-width slash', '/users/a%EF%BC%8Fb'],
    ['full-width dots', '/%EF%BC%8E%EF%BC%8E/settings'],
    ['a NUL', '/users/me%00'],
    ['an unencoded NUL', '/users/me\0'],
    ['a line break', '/users/me%0d%0a'],
    ['a control character beyond ASCII', '/users/me%C2%85'],
    ['a double encoding', '/users/%252e%252e'],
    ['a broken encoding', '/users/%zz'],
    ['a lone percent sign', '/users/100%'],
    ['an overlong encoding', '/users/%c0%ae%c0%ae'],
    ['a lone surrogate', '/users/\ud800'],
    ['a lone surrogate, encoded', '/users/%ed%a0%80'],
  ])('%s: rejected', (_, path) => {
    expect(match('GET', path)).toBeUndefined()
  })

  test.each([
    ['other case', '/users/ME', '/Admin/settings'],
    ['a matrix parameter', '/users/me;v=1', '/admin;x/settings'],
    ['an encoded matrix parameter', '/users/me%3Bv', '/admin%3b/settings'],
    ['an encoded question mark', '/users/me%3Fx', '/admin%3f/settings'],
    ['a dot at the end', '/users/me.', '/admin./settings'],
    ['a space at the end', '/users/me%20', '/admin%20/settings'],
    ['a leading space', '/users/%20me', '/%20admin/settings'],
    ['full-width letters', '/users/%EF%BD%8De', '/%EF%BD%81dmin/settings'],
    ['a file extension', '/users/me.json', '/admin/settings.xml'],
    ['a slash at the end', '/users/me/', '/admin/settings/'],
  ])('%s: rejected where a parameter would match instead', (_, ...paths) => {
    expect(paths.map((path) => match('GET', path))).toEqual([undefined, undefined])
  })

  test('other case: rejected where a whole parameter would match instead of a part', () => {
    expect(match('GET', '/files/a.JSON')).toBeUndefined()
    expect(match('GET', '/files/a.json;x')).toBeUndefined()
  })

  test('a trailing slash: rejected if another template has it', () => {
    const slashed = matcherOf({ 'GET /admin': ['ADMIN_READ'], 'GET /{tenant}/': ['TENANT_READ'] })
    expect(slashed('GET', '/acme/')).toEqual(['TENANT_READ'])
    expect(slashed('GET', '/admin/')).toBeUndefined()
  })

  test('literals that differ only in case are different', () => {
    const cased = matcherOf({ 'GET /Users': ['UPPER_READ'], 'GET /users': ['LOWER_READ'] })
    expect(cased('GET', '/Users')).toEqual(['UPPER_READ'])
    expect(cased('GET', '/users')).toEqual(['LOWER_READ'])
    expect(cased('GET', '/USERS')).toBeUndefined()
  })
})

describe('templates that match the same path', () => {
  test('of equal precision require the permissions of all', () => {
    const both = matcherOf({ 'GET /a/{x}': ['A_READ'], 'GET /{y}/b': ['B_READ', 'A_READ'] })
    expect(both('GET', '/a/b')).toEqual(['A_READ', 'B_READ'])
    expect(both('GET', '/a/c')).toEqual(['A_READ'])
    expect(both('GET', '/c/b')).toEqual(['B_READ', 'A_READ'])
  })

  test('with an unmapped one are rejected', () => {
    const both = matcherOf({ 'GET /a/{x}': ['A_READ'], 'GET /{y}/b': [] })
    expect(both('GET', '/a/b')).toBeUndefined()
  })

  test('and differ only in parameter names are the same', () => {
    const twins = matcherOf({ 'GET /a/{x}': ['A_READ'], 'GET /a/{y}': ['B_READ'] })
    expect(twins('GET', '/a/1')).toEqual(['A_READ', 'B_READ'])
    const half = matcherOf({ 'GET /a/{x}': ['A_READ'], 'GET /a/{y}': [] })
    expect(half('GET', '/a/1')).toBeUndefined()
  })

  test('are found after a literal without a match', () => {
    const deep = matcherOf({ 'GET /a/b/c': ['C_READ'], 'GET /a/{x}/d': ['D_READ'] })
    expect(deep('GET', '/a/b/d')).toEqual(['D_READ'])
  })

  test('and part of a segment take precedence over a whole segment', () => {
    const parts = matcherOf({
      'GET /{a}-{b}-{c}': ['THREE_READ'],
      'GET /v{major}.{minor}': ['VERSION_READ'],
      'GET /{a}{b}': ['TWO_READ'],
      'GET /x/{whole}': ['WHOLE_READ'],
    })
    expect(parts('GET', '/1-22-333')).toEqual(['THREE_READ', 'TWO_READ'])
    expect(parts('GET', '/v1.2')).toEqual(['VERSION_READ', 'TWO_READ'])
    expect(parts('GET', '/1--2')).toEqual(['TWO_READ'])
    expect(parts('GET', '/a')).toBeUndefined()
  })
})

describe('templates that no request can match', () => {
  test.each(['', 'a', '/a//b', '/a/../b', '/{a', '/a}', '/{a/b}', '/a?b', '/a#b', '/a b', '/a\\b'])(
    'are ignored: %j',
    (path) => {
      expect(matcherOf({ [`GET ${path}`]: ['A_READ'] })('GET', path)).toBeUndefined()
    },
  )
})

describe('for any operations', () => {
  const literal = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/)
  const parameter = literal.map((name) => `{${name}}`)
  const mixed = fc.tuple(parameter, literal).map(([one, other]) => `${one}.${other}`)
  const segment = fc.oneof(literal, parameter, mixed)
  const template = fc
    .tuple(fc.array(segment, { minLength: 1, maxLength: 5 }), fc.boolean())
    .map(([segments, slash]) => `/${segments.join('/')}${slash ? '/' : ''}`)
  const templates = fc.uniqueArray(template, { minLength: 1, maxLength: 12 })
  // A prefix that no literal has.
  const value = fc.stringMatching(/^[0-9][A-Za-z0-9_~!$'()*+,:@-]{0,8}$/)

  test('each operation matches its filled-in template', () => {
    fc.assert(
      fc.property(templates, fc.infiniteStream(value), (paths, values) => {
        const operations = paths.map((path, index) => operationOf('GET', path, [`P${index}_READ`]))
        const matches = compileMatcher(operations)
        for (const [index, path] of paths.entries()) {
          const filled = path.replaceAll(/\{[^}]*\}/g, () => values.next().value ?? '0')
          expect(matches('GET', filled)).toContain(`P${index}_READ`)
        }
      }),
    )
  })

  test('no path with a dot segment, an empty segment or an encoded slash matches', () => {
    const trick = fc.constantFrom('.', '..', '%2e', '%2E.', '..;a', '', '%2f', 'a%5Cb', '%00', '%')
    const pieces = fc.array(literal, { maxLength: 3 })
    fc.assert(
      fc.property(templates, pieces, trick, pieces, (paths, before, middle, after) => {
        const matches = compileMatcher(paths.map((path) => operationOf('GET', path, ['A_READ'])))
        const path = `/${[...before, middle, ...after, 'end'].join('/')}`
        expect(matches('GET', path)).toBeUndefined()
      }),
    )
  })

  test('a path in another case matches its template or nothing', () => {
    fc.assert(
      fc.property(templates, fc.infiniteStream(value), (paths, values) => {
        const operations = paths.map((path, index) => operationOf('GET', path, [`P${index}_READ`]))
        const matches = compileMatcher(operations)
        for (const path of paths) {
          const filled = path.replaceAll(/\{[^}]*\}/g, () => values.next().value ?? '0')
          const shouted = matches('GET', filled.toUpperCase())
          if (shouted !== undefined) expect(shouted).toEqual(matches('GET', filled))
        }
      }),
    )
  })

  test('any text returns permissions of the operations or undefined', () => {
    fc.assert(
      fc.property(templates, anyText, (paths, text) => {
        const matches = compileMatcher(paths.map((known) => operationOf('GET', known, ['A_READ'])))
        for (const path of [text, `/${text}`]) {
          expect([undefined, 'A_READ']).toContain(matches('GET', path)?.join())
        }
      }),
    )
  })
})

describe('a large catalogue', () => {
  test('each operation of Sedna requires the permissions of the document', (ctx) => {
    const document = readVectors<unknown>(ctx, 'openapi', 'sedna.json')
    const result = mapOpenApi(document, { permissionPattern: 'Required API Permissions: *' })
    if (!result.ok) throw new Error('not mapped')
    const matches = compileMatcher(result.map.operations)
    for (const { method, path, permissions } of result.map.operations) {
      const expected = permissions.length === 0 ? undefined : permissions
      expect(matches(method, path.replaceAll('{id}', '42'))).toEqual(expected)
    }
  })

  test('in which everything matches is searched within limits, and then rejected', () => {
    const places = Array.from({ length: 13 }, (_, place) => place)
    const combinations = Array.from({ length: 2 ** places.length }, (_, bits) =>
      places.map((place) => ((bits >> place) & 1 ? '{x}' : 'a')).join('/'),
    )
    const matches = compileMatcher(
      combinations.map((path) => operationOf('GET', `/${path}`, ['A_READ'])),
    )
    const path = `/${places.map(() => 'a').join('/')}`
    expect(matches('GET', path)).toBeUndefined()
    expect(cpuMilliseconds(() => matches('GET', path))).toBeLessThan(200)
  })

  test('of 10,000 operations is as fast to search as a small one', () => {
    const operations = Array.from({ length: 10_000 }, (_, index) =>
      operationOf('GET', `/v1/things-${index}/{id}/parts/{part}`, [`T${index}_READ`]),
    )
    const matches = compileMatcher(operations)
    expect(matches('GET', '/v1/things-9999/1/parts/2')).toEqual(['T9999_READ'])
    const spent = cpuMilliseconds(() => {
      for (let index = 0; index < 1_000; index += 1) matches('GET', '/v1/things-7/1/parts/2')
    })
    expect(spent).toBeLessThan(500)
  })
})

function matcherOf(operations: Record<string, readonly string[]>) {
  return compileMatcher(
    Object.entries(operations).map(([key, permissions]) => {
      const space = key.indexOf(' ')
      return operationOf(key.slice(0, space), key.slice(space + 1), permissions)
    }),
  )
}

function operationOf(
  method: string,
  path: string,
  permissions: readonly string[],
): MatchableOperation {
  return { method, path, permissions }
}
