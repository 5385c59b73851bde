import { describe, expect, it } from 'vitest'
import { filterOptions } from './filter-options.ts'

const acme = { label: 'Acme Shipping', detail: 'Founded by Ada' }
const globex = { label: 'Globex' }

describe('does', () => {
  it('finds by every word that was typed, wherever it stands', () => {
    expect(filterOptions([acme, globex], 'GLOB')).toEqual([globex])
    expect(filterOptions([acme, globex], 'ada acme')).toEqual([acme])
    expect(filterOptions([acme, globex], 'acme globex')).toEqual([])
  })

  it('finds all where nothing was typed', () => {
    expect(filterOptions([acme, globex], ' ')).toEqual([acme, globex])
  })
})
