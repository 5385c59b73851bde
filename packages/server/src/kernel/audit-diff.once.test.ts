import { auditedFields, isSecret, routeList, secret } from '@keyporter/contract'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { describeChange } from './audit-diff.ts'

const CANARY = 'canary'

const header = z.object({
  name: z.string(),
  value: secret(z.string().nullable()),
  secret: z.boolean(),
})
const schema = z.object({
  name: z.string(),
  notes: z.string(),
  active: z.boolean(),
  policy: z.object({ days: z.int(), ceiling: z.array(z.string()).nullable() }),
  auth: z.looseObject({ kind: z.string() }),
  tags: z.array(z.string()),
  headers: z.array(header),
  operations: z.array(
    z.object({ method: z.string(), path: z.string(), permissions: z.array(z.string()) }),
  ),
  owners: z.union([z.literal('all'), z.array(z.string())]),
  password: secret(z.string()),
})
type Resource = z.output<typeof schema>

const resource: Resource = {
  name: 'One',
  notes: '',
  active: false,
  policy: { days: 90, ceiling: null },
  auth: { kind: 'basic' },
  tags: ['a', 'b'],
  headers: [],
  operations: [],
  owners: 'all',
  password: CANARY,
}
const change = (from: Partial<Resource>, to: Partial<Resource>) =>
  describeChange({ ...resource, ...from }, { ...resource, ...to }, schema)

describe('the audit difference', () => {
  it('contains each changed field with its previous and new value', () => {
    expect(change({}, {})).toEqual({})
    expect(change({}, { name: 'Two', active: true })).toEqual({
      name: { from: 'One', to: 'Two' },
      active: { from: false, to: true },
    })
  })

  it('names the fields of nested objects, also those that the schema does not list', () => {
    expect(
      change({}, { policy: { days: 30, ceiling: null }, auth: { kind: 'basic', username: 'ada' } }),
    ).toEqual({
      'policy.days': { from: 90, to: 30 },
      'auth.username': { from: null, to: 'ada' },
    })
  })

  it('contains only the fields of the schema', () => {
    const other = { ...resource, updatedAt: 1 }
    expect(describeChange(resource, other, schema)).toEqual({})
  })

  it('of a new resource starts from null and omits empty fields', () => {
    expect(describeChange(undefined, resource, schema)).toEqual({
      name: { from: null, to: 'One' },
      active: { from: null, to: false },
      'policy.days': { from: null, to: 90 },
      'auth.kind': { from: null, to: 'basic' },
      tags: { from: null, to: { count: 2, added: ['a', 'b'] } },
      owners: { from: null, to: 'all' },
    })
  })

  it('of a list contains the length and the removed and added entries, fifty at most', () => {
    expect(change({}, { tags: ['b', 'c'] })['tags']).toEqual({
      from: { count: 2, removed: ['a'] },
      to: { count: 2, added: ['c'] },
    })
    const many = Array.from({ length: 60 }, (_, at) => `t${at}`)
    const { to } = change({ tags: [] }, { tags: many })['tags'] ?? {}
    expect(to).toEqual({ count: 60, added: [...many.slice(0, 50), '… and 10 more'] })
  })

  it('of a list that replaces another value, or is replaced by one, contains both', () => {
    expect(change({}, { owners: ['org_1'] })['owners']).toEqual({
      from: 'all',
      to: { count: 1, added: ['org_1'] },
    })
    expect(
      change({ policy: { days: 90, ceiling: ['A'] } }, { policy: { days: 90, ceiling: null } }),
    ).toEqual({ 'policy.ceiling': { from: { count: 1, removed: ['A'] }, to: null } })
  })

  it('has one line for each entry of a list of objects', () => {
    const operations = [{ method: 'GET', path: '/a', permissions: ['A_READ', 'B_READ'] }]
    expect(change({}, { operations })['operations']).toMatchObject({
      to: { added: ['GET /a: A_READ, B_READ'] },
    })
  })
})

describe('a secret', () => {
  it('that changed is not part of the difference', () => {
    expect(change({}, { password: 'canary-2' })).toEqual({})
  })

  it('that changed within a list is named without its value', () => {
    const changed = change(
      {
        headers: [
          { name: 'X-Key', value: 'canary-1', secret: true },
          { name: 'X-Team', value: 'canary-2', secret: false },
        ],
      },
      {
        headers: [
          { name: 'X-Key', value: 'canary-3', secret: true },
          { name: 'X-New', value: 'canary-4', secret: true },
        ],
      },
    )
    expect(changed).toEqual({
      headers: {
        from: { count: 2, removed: ['X-Team'] },
        to: { count: 2, added: ['X-Key: secret (new value)', 'X-New: secret'] },
      },
    })
  })

  // Every object that a route returns, and every object that audit events compare.
  const schemas = [
    ...Object.entries<z.ZodType>(auditedFields),
    ...routeList.map((route) => [route.operationId, route.response] as const),
  ].flatMap(([name, one]) => (one instanceof z.ZodObject ? [[name, one] as const] : []))

  it.each(schemas)('of %s never appears, whatever changed', (_, one) => {
    const states = valuesOf(one) as fc.Arbitrary<Record<string, never>>
    fc.assert(
      fc.property(fc.option(states, { nil: undefined }), states, (from, to) => {
        expect(JSON.stringify(describeChange(from, to, one))).not.toContain(CANARY)
      }),
      { numRuns: 20 },
    )
  })

  it('of the audited fields appears in the generated values', () => {
    const { integration, connection } = auditedFields
    for (const one of [integration, connection]) {
      const found = fc.sample(valuesOf(one), 50)
      expect(JSON.stringify(found)).toContain(CANARY)
    }
  })
})

/** Returns generated values of a schema. Each secret field contains the canary. */
function valuesOf(type: z.core.$ZodType): fc.Arbitrary<unknown> {
  if (type instanceof z.ZodType && isSecret(type)) return fc.nat(3).map((n) => `${CANARY}-${n}`)
  if (type instanceof z.ZodOptional || type instanceof z.ZodNullable)
    return fc.option(valuesOf(type.unwrap()), {
      nil: type instanceof z.ZodNullable ? null : undefined,
    })
  if (type instanceof z.ZodObject)
    return fc.record(
      Object.fromEntries(
        Object.entries<z.ZodType>(type.shape).map(([name, field]) => [name, valuesOf(field)]),
      ),
    )
  if (type instanceof z.ZodArray) return fc.array(valuesOf(type.element), { maxLength: 4 })
  if (type instanceof z.ZodUnion) return fc.oneof(...type.options.map(valuesOf))
  if (type instanceof z.ZodRecord) return fc.dictionary(fc.string(), valuesOf(type.valueType))
  if (type instanceof z.ZodEnum) return fc.constantFrom(...type.options)
  if (type instanceof z.ZodLiteral) return fc.constantFrom(...type.values)
  if (type instanceof z.ZodString) return fc.string()
  if (type instanceof z.ZodNumber) return fc.integer()
  if (type instanceof z.ZodBoolean) return fc.boolean()
  if (type instanceof z.ZodNull) return fc.constant(null)
  if (type instanceof z.ZodUnknown) return fc.jsonValue()
  throw new TypeError(`No values for ${JSON.stringify(type)}`)
}
