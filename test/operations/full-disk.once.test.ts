import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it, type TestContext } from 'vitest'
import { basic, type Pair } from '../support/server.ts'
import {
  firstStartEnv,
  newDirectory,
  readManager,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts'

// No space is left for the data. The test uses its own small in-memory file system.

const SIZE = '3m'

const mounted: string[] = []
let server: ServerProcess | undefined
afterAll(async () => {
  await server?.end('SIGKILL')
  for (const directory of mounted) execFileSync('umount', [directory])
})

/** Returns a directory on a file system that the test can fill. */
function mountSmall(ctx: TestContext): string {
  const directory = join(newDirectory(), 'small')
  mkdirSync(directory)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'keyporter', directory], {
      stdio: 'ignore',
    })
  } catch {
    ctx.skip('cannot mount a small file system: root is required')
  }
  mounted.push(directory)
  return directory
}

/** Fills the file system to the last byte. */
function fill(path: string): void {
  const piece = Buffer.alloc(4_096)
  try {
    for (;;) appendFileSync(path, piece)
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' })
  }
}

describe('while no space is left', () => {
  it('every write returns 503 and changes nothing; cached credentials are verified; free space restores service', async (ctx) => {
    const disk = mountSmall(ctx)
    const directory = newDirectory()
    server = await startServerProcess({
      ...firstStartEnv(directory),
      KEYPORTER_DATA_DIR: join(disk, 'data'),
      KEYPORTER_LOG_LEVEL: 'error',
    })
    const { send, create, ids } = client(server.url, readManager(directory))
    const known = await create('Known')
    const revocable = await create('Doomed')
    const filler = join(disk, 'filler')
    fill(filler)
    expect(statfsSync(disk).bavail).toBe(0)

    // The write-ahead log has allocated space. After that, writes fail.
    const acknowledged = [known.body.id, revocable.body.id]
    let rejectedCount = 0
    for (let turn = 0; rejectedCount < 5 && turn < 2_000; turn += 1) {
      const { status, body } = await create('Too much')
      if (status === 201) acknowledged.push(body.id)
      else {
        expect([status, body.code]).toEqual([503, 'unavailable'])
        rejectedCount += 1
      }
    }
    expect(rejectedCount).toBe(5)
    const revocation = () =>
      send('POST', `/v1/credentials/${revocable.body.id}/revoke`, { body: {} })
    expect((await revocation()).status).toBe(503)
    for (const one of [known.body, revocable.body]) {
      const { body } = await send('POST', '/v1/verify', { body: { authorization: basic(one) } })
      expect(body).toMatchObject({ valid: true })
    }
    const token = await fetch(`${server.url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: basic(known.body) },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    expect(token.status).toBe(200)
    expect(new Set(await ids())).toEqual(new Set(acknowledged))
    expect((await send('GET', '/readyz')).status).toBe(200)

    rmSync(filler)
    expect((await revocation()).status).toBe(200)
    const after = await create('Afterwards')
    expect(after.status).toBe(201)
    expect(new Set(await ids())).toEqual(new Set([...acknowledged, after.body.id]))
    expect((await send('GET', '/v1/audit-events/verify')).body).toMatchObject({ intact: true })
    const created = await send('GET', '/v1/audit-events?action=credential.created&limit=100')
    // Every created credential, and the manager's own.
    expect(created.body.data).toHaveLength(Math.min(100, acknowledged.length + 2))
    expect(await server.end('SIGTERM')).toBe(0)
  })
})

function client(url: string, manager: Pair) {
  let apiId: string | undefined
  const send = async (method: string, path: string, { body }: { body?: object } = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: basic(manager), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: await response.json() }
  }
  const create = async (name: string) => {
    apiId ??= (await send('GET', '/v1/apis?slug=keyporter')).body.data[0].id
    return send('POST', '/v1/credentials', {
      body: { name, notes: name.repeat(20), apiId, permissions: ['API_READ'] },
    })
  }
  /** Returns every credential except the manager's own. */
  const ids = async (): Promise<string[]> => {
    const found: string[] = []
    let cursor = ''
    for (;;) {
      const { body } = await send('GET', `/v1/credentials?limit=100${cursor}`)
      for (const { id, clientId } of body.data) if (clientId !== manager.clientId) found.push(id)
      if (body.nextCursor === null) return found
      cursor = `&cursor=${body.nextCursor}`
    }
  }
  return { send, create, ids }
}
