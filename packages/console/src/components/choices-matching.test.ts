import { describe, expect, it } from 'vitest'
import { choicesMatching } from './choices-matching.ts'

const acme = { label: 'Acme Shipping', detail: 'Founded by Ada' }
const globex = { label: 'Globex' }

describe('does', () => {
  it('finds by every word that was typed, wherever it stands', () => {
    expect(choicesMatching([acme, globex], 'GLOB')).toEqual([globex])
    expect(choicesMatching([acme, globex], 'ada acme')).toEqual([acme])
    expect(choicesMatching([acme, globex], 'acme globex')).toEqual([])
  })

  it('finds all where nothing was typed', () => {
    expect(choicesMatching([acme, globex], ' ')).toEqual([acme, globex])
  })
})
