import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('main.ts', import.meta.url))

function keyporter(...args: string[]) {
  const options = ['--conditions=@keyporter/source', main, ...args]
  const env = { PATH: process.env['PATH'] ?? '' }
  return spawnSync(process.execPath, options, { encoding: 'utf8', env })
}

describe('the program', () => {
  it('shows its commands, with examples and exit codes', () => {
    const { status, stdout, stderr } = keyporter('--help')
    expect([status, stderr]).toStrictEqual([0, ''])
    const nouns = ['credentials', 'apis', 'integrations', 'connections', 'audit', 'keys', 'openapi']
    for (const word of ['serve', ...nouns, 'Exit codes']) expect(stdout).toContain(word)
  })

  it('ends with 2 after a wrong use, and says what would be right', () => {
    const { status, stdout, stderr } = keyporter('credentails', 'list')
    expect([status, stdout]).toStrictEqual([2, ''])
    expect(stderr).toContain('Did you mean credentials?')
  })

  it('hands serve to the server', () => {
    const { status, stdout } = keyporter('serve', '--help')
    expect(status).toBe(0)
    expect(stdout).toContain('keyporter serve [--host ADDRESS]')
  })

  it('refuses a credential file that holds no credential', () => {
    const { status, stderr } = keyporter(
      'keys',
      'list',
      '--url',
      'http://127.0.0.1:1',
      '--credential-file',
      '/dev/null',
    )
    expect([status, stderr]).toStrictEqual([
      2,
      'keyporter: /dev/null: JSON with clientId and clientSecret is needed.\n',
    ])
  })
})
