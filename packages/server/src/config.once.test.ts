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

describe('does', () => {
  it('needs nothing', () => {
    expect(parseConfig({})).toMatchObject({
      ok: true,
      config: { host: '127.0.0.1', port: 8080, dataDirectory: './data', secretPrefix: 'kp' },
    })
  })

  it('takes what is empty for what is absent', () => {
    expect(parseConfig({ KEYPORTER_PORT: '', KEYPORTER_HOST: '' })).toStrictEqual(parseConfig({}))
  })

  it('reads a secret from a file', () => {
    const DATABASE_URL_FILE = file('url', 'postgres://u:p@h/d\n')
    expect(parseConfig({ DATABASE_URL_FILE })).toMatchObject({
      config: { databaseUrl: 'postgres://u:p@h/d' },
    })
  })

  it('leaves the variables of the command line and the SDK alone', () => {
    const env = { KEYPORTER_URL: 'x', KEYPORTER_CLIENT_ID: 'y', KEYPORTER_CLIENT_SECRET: 'z' }
    expect(parseConfig(env)).toStrictEqual(parseConfig({}))
  })
})

describe('refuses', () => {
  it.each(['10.0.0.0/33', '127.1', '0x7f.1', 'intranet:8080', 'https://intranet', 'a,,b', '[::1'])(
    'the private network %s, which is neither host nor network',
    (KEYPORTER_DANGEROUSLY_ALLOW_PRIVATE_NETWORK) => {
      expect(problemsOf({ KEYPORTER_DANGEROUSLY_ALLOW_PRIVATE_NETWORK })).toHaveLength(1)
    },
  )

  it('everything that is not valid, at once, and never with its value', () => {
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
      `KEYPORTER_PORT: not valid. Expected: ${variables.KEYPORTER_PORT.help}.`,
    )
  })

  it('a secret that is given twice, and a file that cannot be read', () => {
    const key = 'A'.repeat(43)
    const KEYPORTER_ROOT_KEY_FILE = file('key', key)
    expect(problemsOf({ KEYPORTER_ROOT_KEY: key, KEYPORTER_ROOT_KEY_FILE })).toHaveLength(1)
    expect(problemsOf({ KEYPORTER_ROOT_KEY_FILE: join(folder, 'none') })).toStrictEqual([
      'KEYPORTER_ROOT_KEY: the file that KEYPORTER_ROOT_KEY_FILE names cannot be read.',
    ])
  })

  it('a file in place of what is no secret', () => {
    expect(problemsOf({ KEYPORTER_HOST_FILE: file('host', 'x') })).toStrictEqual([
      'KEYPORTER_HOST_FILE: there is no such variable.',
    ])
  })

  it.each([
    'ftp://keys.example.com',
    'keys.example.com',
    'https://keys.example.com/',
    'https://keys.example.com/?a',
    'https://u@keys.example.com',
  ])('%s as the public address', (url) => {
    expect(problemsOf({ KEYPORTER_PUBLIC_URL: url })).toHaveLength(1)
  })
})
