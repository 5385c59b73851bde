import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createVerifier, httpbis } from 'http-message-signatures'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { runJsonProgram, runProgram } from './support/external-program.ts'
import { newDirectory } from './support/server-process.ts'
import { readText, repository } from './support/sources.ts'
import { type Received, startUpstream, type Upstream } from './support/upstream.ts'

// Runs the example of the protocol README unchanged, and verifies its signatures with third-party libraries.

const AWS_SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const AWS = { accessKeyId: 'AKIDEXAMPLE', region: 'eu-central-1', service: 's3' }
const ORDERS_SECRET = 'orders-secret-5b21c0'
let upstream: Upstream
let output: string

beforeAll(async () => {
  upstream = await startUpstream()
  output = await runExample(readText('packages/protocol/README.md'))
})
afterAll(() => upstream.close())

it('the README example runs', () => {
  expect(output).toBe('200 200\n')
  expect(upstream.received).toHaveLength(2)
})

it('the README example computes the same AWS signature as the AWS SDK', async () => {
  const { method, url, headers } = received(0)
  expect(url).toBe('/invoices/2026-11.pdf?versionId=3')
  const date = String(headers['x-amz-date'])
  const expected = await runJsonProgram(process.execPath, {
    args: [join(repository, 'test/interop/programs/sign-with-smithy.mjs')],
    input: [
      {
        auth: { ...AWS, secretAccessKey: AWS_SECRET },
        nowMs: Date.parse(date.replace(/(....)(..)(.....)(..)(..Z)/, '$1-$2-$3:$4:$5')),
        method,
        url: `${upstream.origin}${url}`,
        headers: [],
        body: '',
      },
    ],
  })
  expect(headers['authorization']).toEqual(expected)
})

it('http-message-signatures verifies the signed message, and rejects an altered one', async () => {
  const { method, url, headers, body } = received(1)
  expect([url, body.toString()]).toEqual(['/v1/orders', '{"sku":"A-1"}'])
  const verify = (signedMethod: string) =>
    httpbis.verifyMessage(
      {
        keyLookup: async () => ({
          verify: createVerifier(ORDERS_SECRET, 'hmac-sha256'),
        }),
      },
      {
        method: signedMethod,
        url: `${upstream.origin}${url}`,
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, values]) => [name, [...values]]),
        ),
      },
    )
  expect(await verify(method)).toBe(true)
  expect(await verify('PUT')).toBe(false)
  expect(String(headers['signature-input'])).toContain('"content-digest"')
})

function received(index: number): Received {
  return upstream.received[index] ?? expect.fail()
}

/** Runs the example with the upstream of this test in place of both servers. */
async function runExample(document: string): Promise<string> {
  const blocks = [...document.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block = '']) => block)
  const example = blocks.find((block) => block.includes('aws_sigv4')) ?? ''
  const directory = newDirectory()
  symlinkSync(join(repository, 'node_modules'), join(directory, 'node_modules'))
  const program = join(directory, 'example.mts')
  writeFileSync(program, example.replaceAll(/https:\/\/[\w.-]+/g, upstream.origin))
  const { stdout, stderr } = await runProgram(process.execPath, {
    args: ['--conditions=@keyporter/source', program],
    env: { AWS_SECRET_ACCESS_KEY: AWS_SECRET, ORDERS_SECRET },
  })
  expect(stderr).toBe('')
  return stdout
}
