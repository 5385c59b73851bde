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
  it('are all on unless something is switched off', () => {
    expect(mergeFeatures(undefined)).toStrictEqual({ issued: true, stored: true, webhooks: true })
    expect(mergeFeatures({ stored: false })).toStrictEqual({
      issued: true,
      stored: false,
      webhooks: true,
    })
  })

  it('that are not named stay as they are', () => {
    const present = { issued: false, stored: true, webhooks: false }
    expect(mergeFeatures({ webhooks: true }, present)).toStrictEqual({
      issued: false,
      stored: true,
      webhooks: true,
    })
  })

  it('survive being written and read', () => {
    const features = { issued: false, stored: true, webhooks: false }
    expect(parseFeatures(JSON.stringify(features))).toStrictEqual(features)
  })

  it('of a damaged row are not guessed', () => {
    expect(() => parseFeatures('null')).toThrow(TypeError)
  })
})

describe('policy', () => {
  it('is 90 days unless told otherwise, 366 at most, with every permission', () => {
    expect(mergePolicy(undefined)).toStrictEqual({
      defaultLifetimeDays: 90,
      maxLifetimeDays: 366,
      permissionCeiling: null,
    })
  })

  it('lowers a default that nobody asked for to a shorter maximum', () => {
    expect(mergePolicy({ maxLifetimeDays: 30 }).defaultLifetimeDays).toBe(30)
  })

  it('refuses a default that is asked for beyond the maximum', () => {
    expect(() => mergePolicy({ maxLifetimeDays: 30, defaultLifetimeDays: 31 })).toThrow(AppError)
    const present = mergePolicy({ maxLifetimeDays: 30 })
    expect(() => mergePolicy({ defaultLifetimeDays: 31 }, present)).toThrow(AppError)
  })

  it('keeps a ceiling until it is taken away with null', () => {
    const present = mergePolicy({ permissionCeiling: ['CONTACT_READ'] })
    expect(mergePolicy({ maxLifetimeDays: 10 }, present).permissionCeiling).toStrictEqual([
      'CONTACT_READ',
    ])
    expect(mergePolicy({ permissionCeiling: null }, present).permissionCeiling).toBeNull()
  })

  it('survives being written and read', () => {
    const policy = mergePolicy({ permissionCeiling: ['A_READ'], maxLifetimeDays: 7 })
    expect(parsePolicy(JSON.stringify(policy))).toStrictEqual(policy)
  })

  it('of a damaged row is not guessed', () => {
    expect(() => parsePolicy('[]')).toThrow(TypeError)
  })
})

describe('a change', () => {
  it('of the name is open to the organization itself', () => {
    expect(() => requireCanChange(false, { name: 'New' })).not.toThrow()
  })

  it('of anything else is the operator’s', () => {
    for (const body of [{ slug: 'new' }, { features: { issued: false } }, { policy: {} }]) {
      expect(() => requireCanChange(false, body)).toThrow(AppError)
      expect(() => requireCanChange(true, body)).not.toThrow()
    }
  })
})

describe('a slug', () => {
  it('is made of the name', () => {
    expect(slugFromName('Acme Inc.')).toBe('acme-inc')
    expect(slugFromName('Žluťoučký kůň')).toBe('zlutoucky-kun')
    expect(slugFromName('3M Company')).toBe('m-company')
  })

  it('is always well formed, whatever the name', () => {
    for (const name of ['', '…', '7', '漢字', 'A', '-', `${'x'.repeat(63)} y`, 'é'.repeat(64)]) {
      expect(slugFromName(name)).toMatch(SLUG)
      expect(uniqueSlug(slugFromName(name), ID)).toMatch(SLUG)
    }
  })

  it('that is taken gets the end of the organization’s id', () => {
    expect(uniqueSlug('acme', ID)).toBe('acme-abcdef')
    expect(uniqueSlug('a'.repeat(64), ID)).toHaveLength(64)
  })
})
