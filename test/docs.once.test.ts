import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { buildOpenApi, commonErrors, errorCodes, routeList } from '@keyporter/contract'
import { describe, expect, it } from 'vitest'
import { listFiles, readText, repository } from './support/sources.ts'

const codes = Object.entries(errorCodes)

describe('docs/errors.md', () => {
  const document = readText('docs/errors.md')

  it('explains each code and no other', () => {
    const explained = [...document.matchAll(/^### (.+)$/gm)].map(([, title]) => title)
    expect(new Set(explained)).toStrictEqual(new Set(Object.keys(errorCodes)))
    expect(explained).toHaveLength(codes.length)
  })

  it.each(codes)('has status, title and explanation of %s', (code, record) => {
    const { status, title } = record
    const [, section = ''] = document.split(`\n### ${code}\n`)
    const [text = ''] = section.split(/\n##/)
    const [first, ...explanation] = text.trim().split('\n')
    expect(first).toBe(`**${status}** · ${title}.`)
    expect(explanation.join(' ').length).toBeGreaterThan(30)
  })

  it('explains each error of the OAuth endpoints', () => {
    const errors = new Set(codes.flatMap(([, { oauthError }]) => oauthError ?? []))
    for (const error of errors) expect(document).toContain(`| \`${error}\` |`)
  })
})

describe('docs/configuration.md', () => {
  it('matches packages/server/src/config.ts; node scripts/configuration.mjs writes it', () => {
    const script = join(repository, 'scripts/configuration.mjs')
    const args = ['--conditions=@keyporter/source', script, '--check']
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect([status, stderr]).toStrictEqual([0, ''])
  })
})

describe('docs/architecture.md', () => {
  it('has one row for each folder of the server with files, and for no other', () => {
    const [, section = ''] = readText('docs/architecture.md').split('\n## Folders of the server\n')
    const rows = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, folder]) => folder)
    const folders = listFiles('packages/server/src').map((path) =>
      posix.relative('packages/server/src', posix.dirname(path)),
    )
    expect(new Set(rows)).toEqual(new Set(folders.map((folder) => folder || '.')))
    expect(rows).toHaveLength(new Set(rows).size)
  })
})

describe('SECURITY.md', () => {
  const [, section = ''] = readText('SECURITY.md').split('\n## Threats and defences\n')
  const rows = (section.split('\n## ')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) => line.split(' | '))

  it.each(rows)('names tests that exist for: %s, %s', (...row) => {
    const files = [...(row[3] ?? '').matchAll(/`([^`]+)`/g)].map(([, file = '']) => file)
    expect(files.filter((file) => !file.endsWith('.test.ts'))).toEqual([])
    expect(files.filter((file) => !existsSync(join(repository, file)))).toEqual([])
    expect(files.length).toBeGreaterThan(0)
  })

  it('has a table of threats', () => {
    expect(rows.length).toBeGreaterThan(30)
  })
})

describe('an error code', () => {
  it.each(codes)('%s belongs to a route or to the common errors', (code) => {
    const own = routeList.some(({ errors }) => errors.some((error) => error === code))
    expect(own || Object.hasOwn(commonErrors, code)).toBe(true)
  })

  it('is in the OpenAPI document', () => {
    const document = buildOpenApi({ serverUrl: 'https://keys.example.com' })
    expect(document.components.schemas['Problem']).toMatchObject({
      properties: { code: { enum: Object.keys(errorCodes) } },
    })
  })
})
