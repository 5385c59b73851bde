import { connect as connectTcp, type LookupFunction, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import type { OutboundUrl } from '@keyporter/protocol'
import { OutboundError, toOutboundError } from './outbound-error.ts'
import type { OutboundStep } from './request.ts'
import type { ResolvedAddress } from './resolve-host.ts'

const TCP_KEEP_ALIVE_MS = 60_000

/**
 * The target of a connection: one of the checked addresses, with the host of the URL as the server
 * name.
 */
export type Destination = {
  readonly url: OutboundUrl
  readonly addresses: readonly ResolvedAddress[]
  readonly timeoutMs: number
  readonly onStep?: ((step: OutboundStep) => void) | undefined
}

/**
 * Opens a connection, trying the addresses one after the other. Certificates are always verified,
 * even when NODE_TLS_REJECT_UNAUTHORIZED is 0. Trusts the certificate authorities of Node and of
 * NODE_EXTRA_CA_CERTS.
 *
 * @param done called once
 */
export function openConnection(
  destination: Destination,
  done: (outcome: Socket | OutboundError) => void,
): void {
  const { url, timeoutMs, onStep } = destination
  const isTls = url.scheme === 'https'
  const startedMs = performance.now()
  const socket = isTls ? connectTls(tlsOptions(destination)) : connectTcp(tcpOptions(destination))
  const timer = setTimeout(() => socket.destroy(new OutboundError('timeout')), timeoutMs)
  const fail = (error?: unknown): void => {
    clearTimeout(timer)
    socket.off('close', fail)
    done(toOutboundError(error))
  }
  socket.once('error', fail).once('close', fail)
  socket.once(isTls ? 'secureConnect' : 'connect', () => {
    clearTimeout(timer)
    socket.off('error', fail).off('close', fail)
    if (onStep !== undefined && 'getPeerCertificate' in socket) {
      onStep({
        step: 'tls',
        milliseconds: performance.now() - startedMs,
        validToMs: Date.parse(socket.getPeerCertificate().valid_to),
      })
    }
    done(socket)
  })
}

function tcpOptions({ url, addresses }: Destination) {
  return {
    host: url.host,
    port: url.port,
    lookup: resolveTo(addresses),
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: TCP_KEEP_ALIVE_MS,
  }
}

function tlsOptions(destination: Destination): ConnectionOptions {
  return {
    ...tcpOptions(destination),
    // RFC 6066 §3: a server name is never an IP address. The certificate must still name the
    // address.
    servername: destination.url.isAddress ? '' : destination.url.host,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
  }
}

/** Returns a resolver that returns only the checked addresses. */
function resolveTo(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses
    if (first === undefined) callback(new OutboundError('host_not_found'), '', 4)
    else if (options.all === true) callback(null, [...addresses])
    else callback(null, first.address, first.family)
  }
}
