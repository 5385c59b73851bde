import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  getCACertificates,
  setDefaultCACertificates,
  type TLSSocket,
  type TlsOptions,
} from 'node:tls'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type CertificateRequest, makeCertificate } from '../../../../test/support/certificates.ts'
import { runProgram } from '../../../../test/support/external-program.ts'
import {
  createLookup,
  openTestOutbound,
  outcomeOf,
  requestTo,
} from '../../../../test/support/outbound.ts'
import { startRawUpstream } from '../../../../test/support/raw-upstream.ts'
import type { OutboundStep } from './outbound.ts'

const authority = makeCertificate({ name: 'Our authority', isAuthority: true })
const stranger = makeCertificate({ name: 'A strange authority', isAuthority: true })
const loopback = ['127.0.0.1']
const lookup = createLookup({
  'api.example.com': ['127.0.0.1'],
  'other.example.com': ['127.0.0.1'],
})

const before = getCACertificates('default')
beforeAll(() => setDefaultCACertificates([...before, authority.cert]))
afterAll(() => setDefaultCACertificates(before))

/** Responds with the server name of the TLS handshake. */
async function startTlsUpstream(
  certificate: Partial<CertificateRequest> = {},
  options: TlsOptions = {},
) {
  const hosts = ['api.example.com', '127.0.0.1']
  const { cert, key } = makeCertificate({ name: 'leaf', issuer: authority, hosts, ...certificate })
  const upstream = await startRawUpstream(
    (socket) => {
      // safe because the upstream uses TLS
      const name = String((socket as TLSSocket).servername)
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${name.length}\r\n\r\n${name}`)
    },
    { tls: { cert, key, ...options } },
  )
  return { ...upstream, origin: `https://api.example.com:${upstream.port}` }
}

describe('does', () => {
  test('a trusted certificate for the host is accepted, and the host is sent as the server name', async () => {
    const upstream = await startTlsUpstream()
    const outbound = openTestOutbound(loopback, { lookup })
    expect(await outcomeOf(outbound, requestTo(upstream.origin))).toBe('200 api.example.com')
    expect(upstream.received()).toContain(`host: api.example.com:${upstream.port}\r\n`)
  })

  test('a certificate for an IP address is accepted, and no server name is sent', async () => {
    const upstream = await startTlsUpstream()
    const origin = `https://127.0.0.1:${upstream.port}`
    expect(await outcomeOf(openTestOutbound(loopback), requestTo(origin))).toBe('200 false')
  })

  test('steps are reported over a new connection', async () => {
    const upstream = await startTlsUpstream()
    const outbound = openTestOutbound(loopback, { lookup })
    await outcomeOf(outbound, requestTo(upstream.origin))
    const steps: OutboundStep[] = []
    const request = requestTo(upstream.origin, { onStep: (step) => void steps.push(step) })
    expect(await outcomeOf(outbound, request)).toBe('200 api.example.com')
    expect(steps).toEqual([
      { step: 'address', milliseconds: expect.any(Number), address: '127.0.0.1' },
      { step: 'tls', milliseconds: expect.any(Number), validToMs: expect.any(Number) },
    ])
    const [, tls] = steps
    const daysLeft = ((tls?.step === 'tls' ? tls.validToMs : 0) - Date.now()) / 86_400_000
    expect(daysLeft).toBeGreaterThan(0.99)
    expect(daysLeft).toBeLessThanOrEqual(1)
    expect(upstream.connectionCount()).toBe(2)
    await expect.poll(upstream.openCount).toBe(1)
  })
})

describe('rejects without sending data', () => {
  test.each<[string, Partial<CertificateRequest>]>([
    ['certificate_expired', { validDays: [-2, -1] }],
    ['certificate_not_trusted', { validDays: [1, 2] }],
    ['certificate_not_trusted', { issuer: stranger }],
    ['certificate_name_mismatch', { hosts: ['www.example.com'] }],
    ['certificate_name_mismatch', { hosts: ['*.example.org', '127.0.0.1'] }],
    ['certificate_name_mismatch', { hosts: [], name: 'other.example.com' }],
  ])('%s: %j', async (fault, certificate) => {
    const upstream = await startTlsUpstream(certificate)
    const outbound = openTestOutbound(loopback, { lookup })
    expect(await outcomeOf(outbound, requestTo(upstream.origin))).toBe(fault)
    expect(upstream.received()).toBe('')
  })

  test('a self-signed certificate', async () => {
    const hosts = ['api.example.com']
    const { cert, key } = makeCertificate({ name: 'api.example.com', hosts })
    const upstream = await startTlsUpstream({}, { cert, key })
    const outbound = openTestOutbound(loopback, { lookup })
    const request = requestTo(upstream.origin)
    expect(await outcomeOf(outbound, request)).toBe('certificate_not_trusted')
    expect(upstream.received()).toBe('')
  })

  test('a certificate for another name at the same address', async () => {
    const upstream = await startTlsUpstream()
    const outbound = openTestOutbound(loopback, { lookup })
    const request = requestTo(`https://other.example.com:${upstream.port}`)
    expect(await outcomeOf(outbound, request)).toBe('certificate_name_mismatch')
    expect(upstream.received()).toBe('')
  })

  test.each(['TLSv1', 'TLSv1.1'] as const)('%s', async (version) => {
    const old = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT:@SECLEVEL=0' }
    const upstream = await startTlsUpstream({}, old)
    const outbound = openTestOutbound(loopback, { lookup })
    expect(await outcomeOf(outbound, requestTo(upstream.origin))).toBe('tls_failed')
  })

  test('a server without TLS', async () => {
    const upstream = await startRawUpstream((socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
    const outbound = openTestOutbound(loopback, { lookup })
    const request = requestTo(`https://api.example.com:${upstream.port}`)
    expect(await outcomeOf(outbound, request)).toBe('tls_failed')
  })

  test('a server that closes the connection during the TLS handshake', async () => {
    const upstream = await startRawUpstream((socket) => socket.destroy())
    const outbound = openTestOutbound(loopback, { lookup })
    const request = requestTo(`https://api.example.com:${upstream.port}`)
    expect(await outcomeOf(outbound, request)).toBe('connection_closed')
  })
})

describe('the environment', () => {
  const program = `
    import { createOutbound } from ${JSON.stringify(join(import.meta.dirname, 'outbound.ts'))}
    const outbound = createOutbound(['127.0.0.1'])
    for (const origin of process.argv.slice(1)) {
      const request = { method: 'GET', origin, target: '/', headers: [], body: null }
      console.log(await outbound.send(request).then((it) => it.status, (error) => error.fault))
    }
    await outbound.close()`

  async function outcomesIn(env: Record<string, string>, origins: readonly string[]) {
    const conditions = ['--conditions=@keyporter/source', '--input-type=module']
    const args = [...conditions, '-e', program, ...origins]
    const { stdout } = await runProgram(process.execPath, { args, env })
    return stdout.trim().split('\n')
  }

  test('can add certificate authorities, but cannot disable verification or set a proxy', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keyporter-ca-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'ca.pem'), authority.cert)
    const good = await startTlsUpstream()
    const bad = await startTlsUpstream({ issuer: stranger })
    const proxy = await startRawUpstream((socket) => socket.destroy())
    const env = {
      NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      NODE_USE_ENV_PROXY: '1',
      ...Object.fromEntries(
        ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy'].map((name) => [
          name,
          proxy.origin,
        ]),
      ),
    }
    const origins = [good, bad].map(({ port }) => `https://127.0.0.1:${port}`)
    expect(await outcomesIn(env, origins)).toEqual(['200', 'certificate_not_trusted'])
    expect(await outcomesIn({ NODE_TLS_REJECT_UNAUTHORIZED: '0' }, origins)).toEqual([
      'certificate_not_trusted',
      'certificate_not_trusted',
    ])
    expect(proxy.connectionCount()).toBe(0)
  })

  test.each(['TLSv1', 'TLSv1.1'] as const)('does not allow %s', async (version) => {
    const old = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT:@SECLEVEL=0' }
    const upstream = await startTlsUpstream({}, old)
    const env = { NODE_OPTIONS: '--tls-min-v1.0 --tls-cipher-list=DEFAULT:@SECLEVEL=0' }
    const origin = `https://127.0.0.1:${upstream.port}`
    expect(await outcomesIn(env, [origin])).toEqual(['tls_failed'])
  })
})
