import { createHmac } from 'node:crypto'
import type { Person } from './people.ts'
import { PASSWORD } from './people.ts'
import type { TestServer } from './server.ts'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/**
 * Returns the code of a base32 secret (RFC 4226 §5.3, RFC 6238), independent of the server's
 * implementation.
 */
export function totpCode(secret: string, nowMs: number): string {
  const bits = [...secret].map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, '0'))
  const bytes = bits.join('').match(/.{8}/g) ?? []
  const key = Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(nowMs / 30_000)))
  const mac = createHmac('sha1', key).update(counter).digest()
  const offset = (mac.at(-1) ?? 0) & 15
  const number = (mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000
  return String(number).padStart(6, '0')
}

/** One-time codes that a member has turned on. */
export type Totp = {
  readonly secret: string
  readonly recoveryCodes: readonly string[]
}

/** Turns one-time codes on. This uses up the code of the current time step. */
export async function enableTotp(server: TestServer, person: Person): Promise<Totp> {
  const { secret } = await startTotp(person)
  const code = totpCode(secret, server.clock.now())
  const response = await person.send('POST', '/v1/session/totp/confirm', { body: { code } })
  if (response.status !== 200) throw new Error(`not confirmed: ${response.text}`)
  return { secret, recoveryCodes: response.body.recoveryCodes }
}

/** Starts the setup of one-time codes. */
export async function startTotp(
  person: Person,
): Promise<{ readonly secret: string; readonly url: string }> {
  const body = { currentPassword: PASSWORD }
  const response = await person.send('POST', '/v1/session/totp', { body })
  if (response.status !== 201) throw new Error(`setup not started: ${response.text}`)
  return response.body
}
