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
  it('lists its commands, examples and exit codes', () => {
    const { status, stdout, stderr } = keyporter('--help')
    expect([status, stderr]).toStrictEqual([0, ''])
    const nouns = ['credentials', 'apis', 'integrations', 'connections', 'audit', 'keys', 'openapi']
    for (const word of ['serve', ...nouns, 'Exit codes']) expect(stdout).toContain(word)
  })

  it('exits with 2 after a usage error, and suggests a command', () => {
    const { status, stdout, stderr } = keyporter('credentails', 'list')
    expect([status, stdout]).toStrictEqual([2, ''])
    expect(stderr).toContain('Did you mean credentials?')
  })

  it('delegates serve to the server', () => {
    const { status, stdout } = keyporter('serve', '--help')
    expect(status).toBe(0)
    expect(stdout).toContain('keyporter serve [--host ADDRESS]')
  })

  it('rejects a credential file without a credential', () => {
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
      'keyporter: /dev/null must contain JSON with clientId and clientSecret.\n',
    ])
  })
})
