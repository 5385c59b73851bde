import { describe, expect, it } from 'vitest'
import { diffPermissions, rebasePermissions } from './permission-diff.ts'

describe('an edit of permissions', () => {
  it('reports added and removed permissions', () => {
    expect(diffPermissions(['A_READ', 'B_READ'], new Set(['B_READ', 'C_READ']))).toStrictEqual({
      added: ['C_READ'],
      removed: ['A_READ'],
    })
  })

  it('is rebased on a concurrent change without undoing it', () => {
    const mine = diffPermissions(['A_READ', 'B_READ'], new Set(['B_READ', 'C_READ']))
    const theirs = ['A_READ', 'D_READ']
    expect([...rebasePermissions(theirs, mine)]).toStrictEqual(['D_READ', 'C_READ'])
  })
})
