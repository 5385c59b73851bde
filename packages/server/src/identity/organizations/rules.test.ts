import { describe, expect, it } from 'vitest'
import { AppError } from '../../kernel/app-error.ts'
import {
  mergeFeatures,
  mergePolicy,
  parseFeatures,
  parsePolicy,
  requireCanChange,
  slugFromName,
  uniqueSlug,
} from './rules.ts'

const SLUG = /^[a-z][a-z0-9-]{0,62}[a-z0-9]$/
const ID = 'org_01jd0000000000000000abcdef'

describe('features', () => {
  it('are enabled unless the request disables them', () => {
    expect(mergeFeatures(undefined)).toStrictEqual({ issued: true, stored: true, webhooks: true })
    expect(mergeFeatures({ stored: false })).toStrictEqual({
      issued: true,
      stored: false,
      webhooks: true,
    })
  })

  it('that are omitted stay unchanged', () => {
    const current = { issued: false, stored: true, webhooks: false }
    expect(mergeFeatures({ webhooks: true }, current)).toStrictEqual({
      issued: false,
      stored: true,
      webhooks: true,
    })
  })

  it('round-trip through the column', () => {
    const features = { issued: false, stored: true, webhooks: false }
    expect(parseFeatures(JSON.stringify(features))).toStrictEqual(features)
  })

  it('of a damaged row throw a TypeError', () => {
    expect(() => parseFeatures('null')).toThrow(TypeError)
  })
})

describe('policy', () => {
  it('defaults to 90 days, 366 at most, with every permission', () => {
    expect(mergePolicy(undefined)).toStrictEqual({
      defaultLifetimeDays: 90,
      maxLifetimeDays: 366,
      permissionCeiling: null,
    })
  })

  it('lowers the default lifetime to a shorter maximum', () => {
    expect(mergePolicy({ maxLifetimeDays: 30 }).defaultLifetimeDays).toBe(30)
  })

  it('rejects a requested default lifetime beyond the maximum', () => {
    expect(() => mergePolicy({ maxLifetimeDays: 30, defaultLifetimeDays: 31 })).toThrow(AppError)
    const current = mergePolicy({ maxLifetimeDays: 30 })
    expect(() => mergePolicy({ defaultLifetimeDays: 31 }, current)).toThrow(AppError)
  })

  it('keeps a ceiling until null removes it', () => {
    const current = mergePolicy({ permissionCeiling: ['CONTACT_READ'] })
    expect(mergePolicy({ maxLifetimeDays: 10 }, current).permissionCeiling).toStrictEqual([
      'CONTACT_READ',
    ])
    expect(mergePolicy({ permissionCeiling: null }, current).permissionCeiling).toBeNull()
  })

  it('round-trips through the column', () => {
    const policy = mergePolicy({ permissionCeiling: ['A_READ'], maxLifetimeDays: 7 })
    expect(parsePolicy(JSON.stringify(policy))).toStrictEqual(policy)
  })

  it('of a damaged row throws a TypeError', () => {
    expect(() => parsePolicy('[]')).toThrow(TypeError)
  })
})

describe('a change', () => {
  it('of the name is allowed for the organization itself', () => {
    expect(() => requireCanChange(false, { name: 'New' })).not.toThrow()
  })

  it('of any other field is allowed only for the operator', () => {
    for (const body of [{ slug: 'new' }, { features: { issued: false } }, { policy: {} }]) {
      expect(() => requireCanChange(false, body)).toThrow(AppError)
      expect(() => requireCanChange(true, body)).not.toThrow()
    }
  })
})

describe('a slug', () => {
  it('is derived from the name', () => {
    expect(slugFromName('Acme Inc.')).toBe('acme-inc')
    expect(slugFromName('Žluťoučký kůň')).toBe('zlutoucky-kun')
    expect(slugFromName('3M Company')).toBe('m-company')
  })

  it('is well formed for every name', () => {
    for (const name of ['', '…', '7', '漢字', 'A', '-', `${'x'.repeat(63)} y`, 'é'.repeat(64)]) {
      expect(slugFromName(name)).toMatch(SLUG)
      expect(uniqueSlug(slugFromName(name), ID)).toMatch(SLUG)
    }
  })

  it('that is taken gets the last characters of the organization’s id', () => {
    expect(uniqueSlug('acme', ID)).toBe('acme-abcdef')
    expect(uniqueSlug('a'.repeat(64), ID)).toHaveLength(64)
  })
})
