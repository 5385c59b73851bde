import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { newDirectory, startServerProcess } from './support/server-process.ts'
import { readShellBlocks, runShellBlocks } from './support/shell-blocks.ts'
import { repository } from './support/sources.ts'

it('the README commands produce an allowed, a forbidden and a revoked verification', async () => {
  const directory = newDirectory()
  symlinkSync(join(repository, 'examples'), join(directory, 'examples'))
  mkdirSync(join(directory, 'data'), { mode: 0o700 })
  const server = await startServerProcess({
    KEYPORTER_DATA_DIR: join(directory, 'data'),
    KEYPORTER_PORT: '0',
  })
  try {
    const commands = readShellBlocks('README.md', ['/v1/setup'])
    expect(commands).toContain('http://127.0.0.1:8080')
    const output = await runShellBlocks(
      commands.replace('http://127.0.0.1:8080', server.url),
      directory,
    )
    const [setup, api, allowed, forbidden, revocation, revoked] = output.map((line) =>
      JSON.parse(line),
    )
    expect(setup.organization).toMatchObject({ name: 'Acme', operator: true })
    expect(api.permissions).toHaveLength(14)
    expect(allowed).toMatchObject({ valid: true, code: 'valid' })
    expect(forbidden).toMatchObject({
      valid: false,
      code: 'insufficient_permissions',
      missingPermissions: ['CONTACT_DELETE'],
    })
    expect(revocation).toMatchObject({ status: 'revoked', revokedReason: 'no longer needed' })
    expect(revoked).toMatchObject({ valid: false, code: 'revoked' })
  } finally {
    await server.end('SIGTERM')
  }
})
