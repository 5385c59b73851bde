import { existsSync, mkdtempSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { managementPermissions, privilegeNames } from '@keyporter/contract'
import { afterEach, describe, expect, it } from 'vitest'
import { signIn, trySignIn } from '../../../../test/support/people.ts'
import { startTestServer, type TestServer } from '../../../../test/support/server.ts'
import { importFirstApi } from './bootstrap.ts'

let server: TestServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

async function start(env: Record<string, string>): Promise<TestServer> {
  server = await startTestServer({ setUp: false, env })
  return server
}

const newPath = () => join(mkdtempSync(join(tmpdir(), 'keyporter-credential-')), 'manager.json')
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'))

describe('does', () => {
  it('the first start creates the operator, its first member and a credential from the environment', async () => {
    const path = newPath()
    const { send, program, url } = await start({
      KEYPORTER_INIT_ORGANIZATION: 'Acme Logistics',
      KEYPORTER_INIT_ADMIN_EMAIL: 'Root@Example.com',
      KEYPORTER_INIT_ADMIN_PASSWORD: 'violet harbour 27 umbrella',
      KEYPORTER_INIT_CREDENTIAL_FILE: path,
    })
    expect(program.setupLink).toBeUndefined()
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const { clientId, clientSecret, organizationId } = read(path)
    const me = await send('GET', '/v1/session', { as: { clientId, clientSecret } })
    expect(me.body.organization).toMatchObject({
      id: organizationId,
      name: 'Acme Logistics',
      operator: true,
    })
    const credential = await send('GET', `/v1/credentials?q=${clientId}`, {
      as: { clientId, clientSecret },
    })
    expect(credential.body.data).toMatchObject([
      {
        kind: 'full_access',
        apiIdentifier: `${url}/v1`,
        expiresAt: '2028-03-01T12:00:00.000Z',
        createdBy: { type: 'system' },
      },
    ])
    expect(new Set(me.body.permissions)).toStrictEqual(new Set(managementPermissions))
    expect(new Set(credential.body.data[0].permissions)).toStrictEqual(
      new Set(managementPermissions),
    )
    if (server === undefined) throw new Error('started above')
    const admin = await signIn(server, 'root@example.com', 'violet harbour 27 umbrella')
    expect((await admin.send('GET', '/v1/session')).body.privileges).toStrictEqual(privilegeNames)
  })

  it('a credential file suffices, without a member and with the default name', async () => {
    const path = newPath()
    const { send } = await start({ KEYPORTER_INIT_CREDENTIAL_FILE: path })
    const me = await send('GET', '/v1/session', { as: read(path) })
    expect(me.body.organization.name).toBe('Keyporter')
    expect((await send('GET', '/v1/members', { as: read(path) })).body.data).toStrictEqual([])
  })

  it('an administrator suffices', async () => {
    const running = await start({
      KEYPORTER_INIT_ADMIN_EMAIL: 'root@example.com',
      KEYPORTER_INIT_ADMIN_PASSWORD: 'violet harbour 27 umbrella',
    })
    await signIn(running, 'root@example.com', 'violet harbour 27 umbrella')
    expect(running.program.setupLink).toBeUndefined()
  })

  it('an organization name alone does not suffice, and a setup link is created', async () => {
    const { program } = await start({ KEYPORTER_INIT_ORGANIZATION: 'Acme' })
    expect(program.setupLink).toContain('/setup#code=')
  })

  it('a later start changes nothing', async () => {
    const path = newPath()
    const env: Record<string, string> = { KEYPORTER_INIT_CREDENTIAL_FILE: path }
    const running = await start(env)
    const before = readFileSync(path, 'utf8')
    await running.restart()
    expect(readFileSync(path, 'utf8')).toBe(before)
    const response = await trySignIn(running, { email: 'late@example.com', password: 'x' })
    expect(response.status).toBe(401)
    const list = await running.send('GET', '/v1/credentials', { as: read(path) })
    expect(list.body.data).toHaveLength(1)
  })
})

describe('the first API', () => {
  const document = '/etc/keyporter/openapi.json'
  const api = {
    name: 'Parcels',
    identifier: 'https://parcels.example.com',
    permissions: [{ resource: 'PARCEL', actions: ['read'] }],
  }

  it('is imported once, by one of several nodes', async () => {
    const path = newPath()
    const { send, program } = await start({ KEYPORTER_INIT_CREDENTIAL_FILE: path })
    const organizationId: string = read(path).organizationId
    const imported: string[] = []
    const init = {
      organization: undefined,
      adminEmail: undefined,
      adminPassword: undefined,
      api: document,
      credentialFile: undefined,
    }
    const importOnce = () =>
      importFirstApi(
        {
          ctx: program.systemContext(organizationId),
          config: { init },
          importApi: async (_organizationId, file) => {
            const { status } = await send('POST', '/v1/apis', { as: read(path), body: api })
            if (status !== 201) throw new Error('rejected')
            imported.push(file)
          },
        },
        { id: organizationId },
      )
    await Promise.all([importOnce(), importOnce()])
    await importOnce()
    expect(imported).toStrictEqual([document])
  })
})

describe('does, after a crash', () => {
  it('between commit and publication, the next start publishes the file', async () => {
    const path = newPath()
    const running = await start({ KEYPORTER_INIT_CREDENTIAL_FILE: path })
    const before = read(path)
    // The state after a crash right after the commit.
    renameSync(path, `${path}.${before.organizationId}.staged`)
    await running.restart()
    expect(read(path)).toStrictEqual(before)
    expect((await running.send('GET', '/v1/session', { as: read(path) })).status).toBe(200)
  })

  it('before the commit, the next start creates everything and removes the staged file', async () => {
    const path = newPath()
    const staged = `${path}.org_01jd0000000000000000000000.staged`
    writeFileSync(staged, '{"clientId":"kpc_live_x","clientSecret":"of nothing"}')
    const { send } = await start({ KEYPORTER_INIT_CREDENTIAL_FILE: path })
    expect((await send('GET', '/v1/session', { as: read(path) })).status).toBe(200)
    expect(existsSync(staged)).toBe(false)
  })
})

describe('rejects', () => {
  it('an existing file is not overwritten, and nothing is created', async () => {
    const path = newPath()
    writeFileSync(path, 'precious')
    await expect(start({ KEYPORTER_INIT_CREDENTIAL_FILE: path })).rejects.toThrow(
      'KEYPORTER_INIT_CREDENTIAL_FILE',
    )
    expect(readFileSync(path, 'utf8')).toBe('precious')
  })

  it('a weak password stops the start, without showing the password', async () => {
    const path = newPath()
    const failure = await start({
      KEYPORTER_INIT_ADMIN_EMAIL: 'root@example.com',
      KEYPORTER_INIT_ADMIN_PASSWORD: 'iloveyou',
      KEYPORTER_INIT_CREDENTIAL_FILE: path,
    }).catch((error: unknown) => String(error))
    expect(failure).toContain('KEYPORTER_INIT_ADMIN_PASSWORD')
    expect(failure).not.toContain('iloveyou')
    expect(existsSync(path)).toBe(false)
  })

  it('an invalid e-mail address stops the start, with the name of the variable', async () => {
    await expect(
      start({
        KEYPORTER_INIT_ADMIN_EMAIL: 'root@exa"mple',
        KEYPORTER_INIT_ADMIN_PASSWORD: 'violet harbour 27 umbrella',
      }),
    ).rejects.toThrow('KEYPORTER_INIT_ADMIN_EMAIL')
  })
})

describe('records', () => {
  it('the first start is audited with the system as actor, without a secret', async () => {
    const path = newPath()
    const { send } = await start({ KEYPORTER_INIT_CREDENTIAL_FILE: path })
    const log = await send('GET', '/v1/audit-events', { as: read(path) })
    const events: { action: string; actor: { type: string } }[] = log.body.data
    const audited = events
      .filter(({ actor }) => actor.type === 'system')
      .map(({ action }) => action)
    expect(audited).toStrictEqual(
      expect.arrayContaining([
        'setup.completed',
        'organization.created',
        'api.created',
        'credential.created',
      ]),
    )
    expect(log.text).not.toContain(read(path).clientSecret)
  })
})
