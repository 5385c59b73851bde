import { readFileSync } from 'node:fs'
import { auditActionNames } from '@keyporter/contract'
import { describe, expect, it } from 'vitest'

const messages: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(new URL('./messages.json', import.meta.url), 'utf8'),
)

function withPrefix(prefix: string): string[] {
  const keys = Object.keys(messages).filter((key) => key.startsWith(prefix))
  return keys.map((key) => key.slice(prefix.length))
}

describe('every action of the audit log', () => {
  it('has a sentence in the console, and no other action has one', () => {
    expect(withPrefix('action.').sort()).toStrictEqual([...auditActionNames].sort())
  })

  it('has a unique name in the filter', () => {
    expect(withPrefix('kind.').sort()).toStrictEqual([...auditActionNames].sort())
    const names = auditActionNames.map((action) => messages[`kind.${action}`])
    expect(new Set(names).size).toBe(names.length)
  })

  it.each(auditActionNames)('%s names the actor or states the rejection', (action) => {
    expect(messages[`action.${action}`]).toMatch(/\{actor\}|rejected/)
  })
})
