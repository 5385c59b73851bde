import { readFileSync } from 'node:fs'
import { routes } from '@keyporter/contract'
import { describe, expect, it } from 'vitest'
import { integrationBody } from '../editor/request.ts'
import { draftOfTemplate, type Template } from './template.ts'

const templates: readonly Template[] = JSON.parse(
  readFileSync(new URL('./templates.json', import.meta.url), 'utf8'),
)

describe('every template', () => {
  it('has a unique id', () => {
    expect(new Set(templates.map(({ id }) => id)).size).toBe(templates.length)
    expect(templates.length).toBeGreaterThanOrEqual(12)
  })

  it.each(templates.map((template) => [template.id, template] as const))(
    '%s results in a valid integration once its placeholders are replaced',
    (_id, template) => {
      const body = integrationBody(draftOfTemplate(template, 'test'), undefined)
      const filled: unknown = JSON.parse(JSON.stringify(body).replaceAll(/\{[a-z-]+\}/g, 'acme'))
      const read = routes.integrations.create.body.safeParse(filled)
      expect(read.error?.issues ?? []).toStrictEqual([])
      expect(body.auth?.kind).toBe(template.kind)
      expect(body.baseUrl).toMatch(/^https:\/\//)
      expect(template.testPath).toMatch(/^\//)
    },
  )
})
