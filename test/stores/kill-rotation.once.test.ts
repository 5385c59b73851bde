import { afterAll, beforeAll, expect, it } from 'vitest'
import { basic, type Pair } from '../support/server.ts'
import {
  firstStartEnv,
  newDirectory,
  readManager,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts'

// Killed at any moment of a rotation: exactly one key signs, and every token still verifies.

const ROUNDS = 12
const directory = newDirectory()
// Tokens name their issuer: the URL stays the same although each start uses another port.
const env = {
  ...firstStartEnv(directory),
  KEYPORTER_PUBLIC_URL: 'http://keyporter.test',
  KEYPORTER_LOG_LEVEL: 'error',
}
let server: ServerProcess
let manager: Pair

beforeAll(async () => {
  server = await startServerProcess(env)
  manager = readManager(directory)
})
afterAll(() => server.end('SIGKILL'))

it(`killed ${ROUNDS} times while keys rotate, exactly one key signs and every outstanding token verifies`, async () => {
  const tokens: string[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    tokens.push(await obtainToken())
    const rotations = rotateUntilGone()
    await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 60))
    await server.end('SIGKILL')
    await rotations
    server = await startServerProcess(env)
    const { data } = await (await send('GET', '/v1/signing-keys')).json()
    const active = data.filter((key: { status: string }) => key.status === 'active')
    expect(active).toHaveLength(1)
    tokens.push(await obtainToken())
  }
  for (const token of tokens) {
    const response = await send('POST', '/oauth/introspect', new URLSearchParams({ token }))
    expect((await response.json()).active).toBe(true)
  }
}, 120_000)

async function rotateUntilGone(): Promise<void> {
  try {
    for (;;) await send('POST', '/v1/signing-keys/rotate', JSON.stringify({ immediately: true }))
  } catch {
    // The process has exited.
  }
}

async function obtainToken(): Promise<string> {
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  const { access_token: token } = await (await send('POST', '/oauth/token', form)).json()
  return token
}

function send(method: string, path: string, body?: string | URLSearchParams): Promise<Response> {
  const type =
    body instanceof URLSearchParams ? 'application/x-www-form-urlencoded' : 'application/json'
  return fetch(`${server.url}${path}`, {
    method,
    headers: {
      authorization: basic(manager),
      ...(body === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body: body.toString() }),
  })
}
