import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { newDirectory, startServerProcess } from './support/process.ts'
import { readWalk, repository, runWalk } from './support/walk.ts'

it('the walk of the README, line by line, ends with a call that is allowed, refused, and refused for good', async () => {
  const directory = newDirectory()
  symlinkSync(join(repository, 'examples'), join(directory, 'examples'))
  mkdirSync(join(directory, 'data'), { mode: 0o700 })
  const server = await startServerProcess({
    KEYPORTER_DATA_DIR: join(directory, 'data'),
    KEYPORTER_PORT: '0',
  })
  try {
    const walk = readWalk('README.md', ['/v1/setup'])
    expect(walk).toContain('http://127.0.0.1:8080')
    const output = await runWalk(walk.replace('http://127.0.0.1:8080', server.url), directory)
    const [setup, api, allowed, refused, revoked, dead] = output.map((line) => JSON.parse(line))
    expect(setup.organization).toMatchObject({ name: 'Acme', operator: true })
    expect(api.permissions).toHaveLength(14)
    expect(allowed).toMatchObject({ valid: true, code: 'valid' })
    expect(refused).toMatchObject({
      valid: false,
      code: 'insufficient_permissions',
      missingPermissions: ['CONTACT_DELETE'],
    })
    expect(revoked).toMatchObject({ status: 'revoked', revokedReason: 'no longer needed' })
    expect(dead).toMatchObject({ valid: false, code: 'revoked' })
  } finally {
    await server.end('SIGTERM')
  }
})
