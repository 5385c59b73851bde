// Runs in a network namespace (see ../../support/network-namespace.ts). The DNS server is
// dnsmasq, and one server in this process listens on all addresses, public and private. Calls every
// name with the outbound client, which uses the system resolver. Writes the result as JSON: the
// response or the error, and the addresses of the connections.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { type AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { setDefaultCACertificates, TLSSocket } from 'node:tls'
import {
  createOutbound,
  type Outbound,
  OutboundError,
} from '../../../packages/server/src/outbound/outbound.ts'
import { systemLookup } from '../../../packages/server/src/outbound/resolve-host.ts'
import { makeCertificate } from '../../support/certificates.ts'
import { findProgram } from '../../support/system-packages.ts'

/** The results of the calls of one name. */
export type NameOutcome = { readonly outcome: string; readonly connectedTo: readonly string[] }

/** The input of the program. */
export type NameTestInput = {
  readonly directory: string
  /** Lines of a hosts file, and aliases with their targets. */
  readonly records: readonly string[]
  readonly aliases: Readonly<Record<string, string>>
  readonly names: readonly string[]
  /** A name whose address changes after the first lookup. */
  readonly changing: { readonly name: string; readonly before: string; readonly after: string }
}

export type NameResults = {
  readonly byName: Readonly<Record<string, NameOutcome>>
  /**
   * In order: the first call, a call while the addresses are cached, a call after the cache has
   * expired, a call with a new outbound client.
   */
  readonly changing: readonly NameOutcome[]
}

const input: NameTestInput = JSON.parse(await text(process.stdin))
const hostsFile = join(input.directory, 'hosts')
const connectedTo: string[] = []

const port = await listenOnAllAddresses()
const nameServer = await startNameServer()
const results: NameResults = { byName: await callNames(), changing: await callChangingName() }
nameServer.off('exit', giveUp).kill()
await once(nameServer, 'exit')
process.stdout.write(JSON.stringify(results), () => process.exit())

/** Listens on all addresses. Responds with the name in the Host header. */
async function listenOnAllAddresses(): Promise<number> {
  const authority = makeCertificate({ name: 'Authority', isAuthority: true })
  setDefaultCACertificates([authority.cert])
  const hosts = [...input.names, input.changing.name]
  const { cert, key } = makeCertificate({ name: 'leaf', issuer: authority, hosts })
  const server = createServer({ cert, key }, ({ socket, headers }, response) => {
    const servername = socket instanceof TLSSocket && socket.servername
    // Each call opens a new connection.
    response.setHeader('connection', 'close')
    response.end(`${servername} ${headers.host?.split(':')[0]}`)
  })
  server.on('connection', (socket) => {
    const address = socket instanceof Socket ? socket.localAddress : undefined
    connectedTo.push(String(address).replace('::ffff:', ''))
  })
  server.listen(0)
  await once(server, 'listening')
  // safe because the server listens on a port
  return (server.address() as AddressInfo).port
}

async function startNameServer(): Promise<ChildProcess> {
  const { name, before } = input.changing
  writeRecords(`${before} ${name}`)
  const aliases = Object.entries(input.aliases).map((pair) => `--cname=${pair.join(',')}`)
  const place = ['--listen-address=127.0.0.1', '--bind-interfaces', '--no-resolv', '--no-hosts']
  const records = [`--addn-hosts=${hostsFile}`, ...aliases]
  // In the foreground dnsmasq does not change its user: the namespace may have no other user.
  const args = ['--no-daemon', '--conf-file=/dev/null', ...place, ...records]
  const child = spawn(findProgram('dnsmasq'), args, { stdio: ['ignore', 'ignore', 'inherit'] })
  child.once('exit', giveUp)
  // The child process ends with this process.
  process.once('exit', () => child.kill()).once('SIGTERM', giveUp)
  await waitUntilResolved(name, before)
  return child
}

function giveUp(): never {
  process.exit(1)
}

function writeRecords(changing: string): void {
  writeFileSync(hostsFile, `${[...input.records, changing].join('\n')}\n`, { mode: 0o644 })
}

/** Waits until the system resolves a name to exactly this address. */
async function waitUntilResolved(name: string, address: string): Promise<void> {
  for (;;) {
    const found = await systemLookup(name).catch(() => [])
    if (found.map((one) => one.address).join() === address) return
    await sleep(20)
  }
}

async function callNames(): Promise<Record<string, NameOutcome>> {
  const byName: Record<string, NameOutcome> = {}
  for (const name of input.names) {
    const outbound = createOutbound([])
    byName[name] = await call(outbound, name)
    await outbound.close()
  }
  return byName
}

async function callChangingName(): Promise<NameOutcome[]> {
  const { name, after } = input.changing
  let nowMs = 0
  const outbound = createOutbound([], {
    nowMs: () => nowMs,
    lookup: async (host) => {
      const found = await systemLookup(host)
      // Between the check and the connection: a second lookup would return the new address.
      writeRecords(`${after} ${name}`)
      nameServer.kill('SIGHUP')
      await waitUntilResolved(host, after)
      return found
    },
  })
  const outcomes = [await call(outbound, name), await call(outbound, name)]
  nowMs = 30_000
  outcomes.push(await call(outbound, name))
  await outbound.close()
  const another = createOutbound([])
  outcomes.push(await call(another, name))
  await another.close()
  return outcomes
}

async function call(outbound: Outbound, name: string): Promise<NameOutcome> {
  connectedTo.length = 0
  const origin = `https://${name}:${port}`
  const request = { method: 'GET', origin, target: '/', headers: [], body: null }
  const outcome = await outbound.send(request).then(
    async ({ status, body }) => `${status} ${await text(body)}`,
    (error: unknown) => {
      if (error instanceof OutboundError) return error.fault
      throw error
    },
  )
  return { outcome, connectedTo: [...connectedTo] }
}
