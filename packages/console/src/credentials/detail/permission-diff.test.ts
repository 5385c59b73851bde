import { describe, expect, it } from 'vitest'
import { diffPermissions, rebasePermissions } from './permission-diff.ts'

describe('an edit of permissions', () => {
  it('says what it adds and what it takes', () => {
    expect(diffPermissions(['A_READ', 'B_READ'], new Set(['B_READ', 'C_READ']))).toStrictEqual({
      added: ['C_READ'],
      removed: ['A_READ'],
    })
  })

  it('goes on from what somebody else made of them meanwhile, and undoes nothing of it', () => {
    const mine = diffPermissions(['A_READ', 'B_READ'], new Set(['B_READ', 'C_READ']))
    const theirs = ['A_READ', 'D_READ']
    expect([...rebasePermissions(theirs, mine)]).toStrictEqual(['D_READ', 'C_READ'])
  })
})
