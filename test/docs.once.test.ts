import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { buildOpenApi, commonErrors, errorCodes, routeList } from '@keyporter/contract'
import { describe, expect, it } from 'vitest'
import { readText, repository } from './support/sources.ts'

const codes = Object.entries(errorCodes)

describe('docs/errors.md', () => {
  const document = readText('docs/errors.md')

  it('explains every code and no other', () => {
    const explained = [...document.matchAll(/^### (.+)$/gm)].map(([, title]) => title)
    expect(new Set(explained)).toStrictEqual(new Set(Object.keys(errorCodes)))
    expect(explained).toHaveLength(codes.length)
  })

  it.each(codes)('says status and title of %s, and then what it means', (code, record) => {
    const { status, title } = record
    const [, section = ''] = document.split(`\n### ${code}\n`)
    const [text = ''] = section.split(/\n##/)
    const [first, ...explanation] = text.trim().split('\n')
    expect(first).toBe(`**${status}** · ${title}.`)
    expect(explanation.join(' ').length).toBeGreaterThan(30)
  })

  it('explains every error that the OAuth endpoints make of a code', () => {
    const errors = new Set(codes.flatMap(([, { oauthError }]) => oauthError ?? []))
    for (const error of errors) expect(document).toContain(`| \`${error}\` |`)
  })
})

describe('docs/configuration.md', () => {
  it('is what the table of variables says: node scripts/configuration.mjs', () => {
    const script = join(repository, 'scripts/configuration.mjs')
    const args = ['--conditions=@keyporter/source', script, '--check']
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect([status, stderr]).toStrictEqual([0, ''])
  })
})

describe('an error code', () => {
  it.each(codes)('%s is one of a route, or of those that all of them have', (code) => {
    const own = routeList.some(({ errors }) => errors.some((error) => error === code))
    expect(own || Object.hasOwn(commonErrors, code)).toBe(true)
  })

  it('stands in the OpenAPI document', () => {
    const document = buildOpenApi({ serverUrl: 'https://keys.example.com' })
    expect(document.components.schemas['Problem']).toMatchObject({
      properties: { code: { enum: Object.keys(errorCodes) } },
    })
  })
})
