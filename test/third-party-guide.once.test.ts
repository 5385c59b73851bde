import { spawn } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { newDirectory, startServerProcess } from './support/server-process.ts'
import { readShellBlocks, runShellBlocks } from './support/shell-blocks.ts'
import { repository } from './support/sources.ts'

const KEY = 'parcel-key-of-zeus-7f3a91'
const SECRET_KEY = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'

/** Uses this Node and the package sources, so the packages need no build. */
const runsSources = `PATH=${dirname(process.execPath)}:$PATH; export NODE_OPTIONS=--conditions=@keyporter/source`

it('the commands of the guide produce proxied calls and two signatures, and print no secret', async () => {
  const directory = newDirectory()
  mkdirSync(join(directory, 'data'), { mode: 0o700 })
  symlinkSync(join(repository, 'node_modules'), join(directory, 'node_modules'))
  const thirdParty = await startThirdParty()
  const server = await startServerProcess({
    KEYPORTER_DATA_DIR: join(directory, 'data'),
    KEYPORTER_PORT: '0',
    KEYPORTER_DANGEROUSLY_ALLOW_PRIVATE_NETWORK: '127.0.0.1/32',
  })
  try {
    const setup = readShellBlocks('README.md', ['/v1/setup'])
      .split('\n')
      .filter((line) => /^KP=|\/v1\/setup/.test(line))
    const commands = readShellBlocks('docs/guides/call-a-third-party.md', [
      'Zeus Shipping',
      'parcels.mjs',
      'Archive',
    ])
    const script = [runsSources, ...setup, commands]
      .join('\n')
      .replaceAll('http://127.0.0.1:8080', server.url)
      .replaceAll('http://127.0.0.1:8090', thirdParty.url)
    const output = await runShellBlocks(script, directory)
    const [, connection, tested, called, missing, ...more] = output.map((line) => JSON.parse(line))
    const [fetched, unknown, rejected, shared, signed, presigned] = more
    expect(connection).toMatchObject({ kind: 'api_key', status: 'untested' })
    expect(tested).toMatchObject({ ok: true, response: { status: 200 } })
    expect(called).toMatchObject({ parcel: 42, state: 'on its way' })
    expect(called.receivedHeaders['x-api-key']).toBe('*'.repeat(KEY.length))
    expect(missing).toMatchObject({ status: 409, code: 'connection_missing' })
    expect(fetched).toMatchObject({ parcel: 42, state: 'on its way' })
    expect(fetched.receivedHeaders['x-api-key']).toBe('*'.repeat(KEY.length))
    expect(unknown).toEqual({ status: 404, error: 'No such parcel' })
    expect(rejected).toEqual({ name: 'SdkError', code: 'not_signable' })
    expect(shared).toMatchObject({ kind: 'aws_sigv4', organizationId: null })
    expect(signed.explain.canonicalRequest).toContain('GET\n/invoices/2026-11.pdf\n')
    expect(headerOf(signed, 'authorization')).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\//)
    expect(presigned.url).toMatch(/X-Amz-Expires=300&.*X-Amz-Signature=[0-9a-f]{64}$/)
    expect(output.join('\n')).not.toContain(KEY)
    expect(output.join('\n')).not.toContain(SECRET_KEY)
  } finally {
    await server.end('SIGTERM')
    thirdParty.stop()
  }
})

type Signed = { readonly headers: readonly { readonly name: string; readonly value: string }[] }

function headerOf({ headers }: Signed, wanted: string): string | undefined {
  return headers.find(({ name }) => name.toLowerCase() === wanted)?.value
}

async function startThirdParty(): Promise<{ readonly url: string; readonly stop: () => void }> {
  const child = spawn(process.execPath, [join(repository, 'examples/third-party-api.mjs'), '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.setEncoding('utf8')
  const url = await new Promise<string>((resolve) => {
    child.stdout.once('data', (line: string) => resolve(line.trim().split(' ').at(-1) ?? ''))
  })
  return { url, stop: () => child.kill() }
}
