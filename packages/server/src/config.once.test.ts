import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseConfig, variables } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'keyporter-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const problemsOf = (env: Record<string, string>) => {
  const outcome = parseConfig(env)
  return outcome.ok ? [] : outcome.problems
}
const file = (name: string, text: string) => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('the configuration', () => {
  it('has a default for every required setting', () => {
    expect(parseConfig({})).toMatchObject({
      ok: true,
      config: { host: '127.0.0.1', port: 8080, dataDirectory: './data', secretPrefix: 'kp' },
    })
  })

  it('treats an empty variable as absent', () => {
    expect(parseConfig({ KEYPORTER_PORT: '', KEYPORTER_HOST: '' })).toStrictEqual(parseConfig({}))
  })

  it('reads a secret from a file', () => {
    const DATABASE_URL_FILE = file('url', 'postgres://u:p@h/d\n')
    expect(parseConfig({ DATABASE_URL_FILE })).toMatchObject({
      config: { databaseUrl: 'postgres://u:p@h/d' },
    })
  })

  it('ignores the variables of the command line and the SDK', () => {
    const env = { KEYPORTER_URL: 'x', KEYPORTER_CLIENT_ID: 'y', KEYPORTER_CLIENT_SECRET: 'z' }
    expect(parseConfig(env)).toStrictEqual(parseConfig({}))
  })
})

describe('the configuration rejects', () => {
  it.each(['10.0.0.0/33', '127.1', '0x7f.1', 'intranet:8080', 'https://intranet', 'a,,b', '[::1'])(
    'the private network %s, which is neither a host nor a range',
    (KEYPORTER_DANGEROUSLY_ALLOW_PRIVATE_NETWORK) => {
      expect(problemsOf({ KEYPORTER_DANGEROUSLY_ALLOW_PRIVATE_NETWORK })).toHaveLength(1)
    },
  )

  it('all invalid values together, without showing them', () => {
    const secret = 'do-not-print-me'
    const problems = problemsOf({
      KEYPORTER_PORT: '70000',
      DATABASE_URL: secret,
      KEYPORTER_ROOT_KEY: secret,
      KEYPORTER_HOTS: secret,
      KEYPORTER_INIT_ADMIN_EMAIL: 'a@b',
    })
    expect(problems.map((problem) => problem.split(':')[0])).toStrictEqual([
      'KEYPORTER_PORT',
      'DATABASE_URL',
      'KEYPORTER_ROOT_KEY',
      'KEYPORTER_HOTS',
      'KEYPORTER_INIT_ADMIN_PASSWORD',
    ])
    expect(problems.join()).not.toContain(secret)
    expect(problems[0]).toBe(
      `KEYPORTER_PORT: invalid value. Expected: ${variables.KEYPORTER_PORT.help}.`,
    )
  })

  it('a secret that is set twice, and an unreadable file', () => {
    const key = 'A'.repeat(43)
    const KEYPORTER_ROOT_KEY_FILE = file('key', key)
    expect(problemsOf({ KEYPORTER_ROOT_KEY: key, KEYPORTER_ROOT_KEY_FILE })).toHaveLength(1)
    expect(problemsOf({ KEYPORTER_ROOT_KEY_FILE: join(folder, 'none') })).toStrictEqual([
      'KEYPORTER_ROOT_KEY: cannot read the file named by KEYPORTER_ROOT_KEY_FILE.',
    ])
  })

  it('a file for a variable that is not a secret', () => {
    expect(problemsOf({ KEYPORTER_HOST_FILE: file('host', 'x') })).toStrictEqual([
      'KEYPORTER_HOST_FILE: unknown variable.',
    ])
  })

  it.each([
    'ftp://keys.example.com',
    'keys.example.com',
    'https://keys.example.com/',
    'https://keys.example.com/?a',
    'https://u@keys.example.com',
  ])('%s as the public URL', (url) => {
    expect(problemsOf({ KEYPORTER_PUBLIC_URL: url })).toHaveLength(1)
  })
})
