import type { Random } from '../../platform/random.ts'

// RFC 4226 §4 R6: 160 bits are recommended.
const SECRET_BYTES = 20
const PERIOD_SECONDS = 30

/** A new secret of one-time codes. */
export function generateTotpSecret(random: Random): Uint8Array {
  return random(SECRET_BYTES)
}

/** What of a secret is shown, once: the text to be typed, and the address to be drawn as a QR code. */
export async function formatTotpSecret(
  secret: Uint8Array,
  owner: { readonly email: string; readonly organizationName: string },
): Promise<{ readonly secret: string; readonly url: string }> {
  const { generateURI } = await loadLibrary()
  const text = await encodeBase32(secret)
  return {
    secret: text,
    url: generateURI({
      // Apps take a colon for the end of the issuer.
      issuer: `Keyporter (${owner.organizationName.replaceAll(':', ' ')})`,
      label: owner.email,
      secret: text,
    }),
  }
}

/**
 * The time step of which a code is, at most one before or after the present one; undefined when it is of
 * none of them. SHA-1, six digits, thirty seconds: what every authenticator app knows.
 *
 * @see RFC 6238 §5.2
 */
export async function findTimeStep(
  secret: Uint8Array,
  code: string,
  nowMs: number,
): Promise<number | undefined> {
  if (!/^[0-9]{6}$/.test(code)) return undefined
  const { verify } = await loadLibrary()
  const outcome = await verify({
    secret,
    token: code,
    epoch: Math.floor(nowMs / 1_000),
    period: PERIOD_SECONDS,
    epochTolerance: PERIOD_SECONDS,
  })
  return outcome.valid && 'timeStep' in outcome ? outcome.timeStep : undefined
}

/** RFC 4648 §6, without padding. */
export async function encodeBase32(bytes: Uint8Array): Promise<string> {
  const { ScureBase32Plugin } = await loadLibrary()
  return new ScureBase32Plugin().encode(bytes)
}

/** Loaded when the first member uses one-time codes. */
function loadLibrary(): Promise<typeof import('otplib')> {
  return import('otplib')
}
