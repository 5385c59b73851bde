import { describe, expect, it } from 'vitest'
import { filterOptions } from './filter-options.ts'

const acme = { label: 'Acme Shipping', detail: 'Founded by Ada' }
const globex = { label: 'Globex' }

describe('a search among options', () => {
  it('finds options that contain every word, in label or detail', () => {
    expect(filterOptions([acme, globex], 'GLOB')).toEqual([globex])
    expect(filterOptions([acme, globex], 'ada acme')).toEqual([acme])
    expect(filterOptions([acme, globex], 'acme globex')).toEqual([])
  })

  it('finds all options if the input is blank', () => {
    expect(filterOptions([acme, globex], ' ')).toEqual([acme, globex])
  })
})
