import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { isIP } from 'node:net'

/** A certificate and its key, as PEM. */
export type Certificate = {
  readonly name: string
  readonly cert: string
  readonly key: string
  readonly privateKey: KeyObject
}

/** The name, issuer, hosts and validity of a certificate. */
export type CertificateRequest = {
  readonly name: string
  /** Default: the certificate is self-signed. */
  readonly issuer?: Certificate
  readonly hosts?: readonly string[]
  readonly isAuthority?: boolean
  readonly validDays?: readonly [from: number, to: number]
}

const DAY_MS = 86_400_000
const ECDSA_WITH_SHA256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02))

/** Makes an X.509 certificate (RFC 5280 §4.1) with a P-256 key. */
export function makeCertificate({
  name,
  issuer,
  hosts = [],
  isAuthority = false,
  validDays = [-1, 1],
}: CertificateRequest): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const extensions = [
    ...(isAuthority ? [extension([0x55, 0x1d, 0x13], sequence(Buffer.of(1, 1, 0xff)))] : []),
    ...(hosts.length === 0
      ? []
      : [extension([0x55, 0x1d, 0x11], sequence(...hosts.map(subjectName)))]),
  ]
  const content = sequence(
    der(0xa0, Buffer.of(2, 1, 2)),
    der(2, Buffer.of(1, ...Buffer.from(`${name}${Math.random()}`).subarray(-8))),
    ECDSA_WITH_SHA256,
    commonName(issuer?.name ?? name),
    sequence(...validDays.map((days) => time(new Date(Date.now() + days * DAY_MS)))),
    commonName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length === 0 ? [] : [der(0xa3, sequence(...extensions))]),
  )
  const signature = sign('sha256', content, issuer?.privateKey ?? privateKey)
  const whole = sequence(content, ECDSA_WITH_SHA256, der(3, Buffer.of(0), signature))
  return {
    name,
    cert: `-----BEGIN CERTIFICATE-----\n${whole.toString('base64')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    privateKey,
  }
}

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content])
  return Buffer.concat([Buffer.of(tag, 0x82, length >> 8, length & 0xff), content])
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, ...parts)
}

function oid(...bytes: readonly number[]): Buffer {
  return der(6, Buffer.from(bytes))
}

function commonName(name: string): Buffer {
  return sequence(der(0x31, sequence(oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from(name)))))
}

function time(instant: Date): Buffer {
  return der(0x18, Buffer.from(`${instant.toISOString().replace(/\D/g, '').slice(0, 14)}Z`))
}

function extension(id: readonly number[], value: Uint8Array): Buffer {
  return sequence(oid(...id), der(4, value))
}

/** RFC 5280 §4.2.1.6: a DNS name or an IPv4 address. */
function subjectName(host: string): Buffer {
  if (isIP(host) === 4) return der(0x87, Buffer.from(host.split('.').map(Number)))
  return der(0x82, Buffer.from(host))
}
