import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createContactsApi, createOrganization } from './support/issue.ts'
import { startTestServer, type TestServer } from './support/server.ts'
import { createPlayer, type Player, readTranscript } from './support/transcript.ts'

const folder = join(import.meta.dirname, 'transcripts')
const transcripts = readdirSync(folder).filter((name) => name.endsWith('.txt'))

describe.each(transcripts)('%s', (name) => {
  let server: TestServer
  let player: Player

  beforeAll(async () => {
    server = await startTestServer({ fakeClock: false })
    await createContactsApi(server)
    const other = await createOrganization(server, 'Other')
    player = createPlayer(
      {
        KEYPORTER_URL: server.url,
        KEYPORTER_CLIENT_ID: server.manager.clientId,
        KEYPORTER_CLIENT_SECRET: server.manager.clientSecret,
      },
      {
        url: server.url,
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
  })

  // In their order: a step stands on those before it.
  for (const step of readTranscript(join(folder, name))) {
    it(`line ${step.line}: ${step.command}`, async () => {
      const { expected, found } = await player.play(step)
      expect(found).toBe(expected)
    })
  }
})
