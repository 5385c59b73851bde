import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createContactsApi, createOrganization } from './support/credentials.ts'
import { startTestServer, type TestServer } from './support/server.ts'
import { createPlayer, type Player, readTranscript } from './support/transcript.ts'
import { startUpstream, type Upstream } from './support/upstream.ts'

const folder = join(import.meta.dirname, 'transcripts')
const transcripts = readdirSync(folder).filter((name) => name.endsWith('.txt'))

describe.each(transcripts)('%s', (name) => {
  let server: TestServer
  let player: Player
  let upstream: Upstream

  beforeAll(async () => {
    server = await startTestServer({ fakeClock: false })
    await createContactsApi(server)
    const other = await createOrganization(server, 'Other')
    upstream = await startUpstream()
    player = createPlayer(
      {
        KEYPORTER_URL: server.url,
        KEYPORTER_CLIENT_ID: server.manager.clientId,
        KEYPORTER_CLIENT_SECRET: server.manager.clientSecret,
      },
      {
        url: server.url,
        // Outbound calls may use this host name only.
        upstream: upstream.origin.replace('127.0.0.1', 'localhost'),
        managerId: server.manager.clientId,
        managerSecret: server.manager.clientSecret,
        operator: server.operatorId,
        other: other.id,
        otherId: other.manager.clientId,
        otherSecret: other.manager.clientSecret,
      },
    )
  })
  afterAll(async () => {
    player.close()
    await server.close()
    await upstream.close()
  })

  // Steps depend on the steps before them.
  for (const step of readTranscript(join(folder, name))) {
    it(`line ${step.line}: ${step.command}`, async () => {
      const { expected, found } = await player.play(step)
      expect(found).toBe(expected)
    })
  }
})
