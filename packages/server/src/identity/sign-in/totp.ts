import type { Random } from '../../platform/random.ts'

// RFC 4226 §4 R6: 160 bits are recommended.
const SECRET_BYTES = 20
const PERIOD_SECONDS = 30

/** Returns a new TOTP secret. */
export function generateTotpSecret(random: Random): Uint8Array {
  return random(SECRET_BYTES)
}

/** Returns the secret as Base32 text for manual entry, and as an `otpauth:` URL for a QR code. */
export async function formatTotpSecret(
  secret: Uint8Array,
  owner: { readonly email: string; readonly organizationName: string },
): Promise<{ readonly secret: string; readonly url: string }> {
  const { generateURI } = await loadLibrary()
  const text = await encodeBase32(secret)
  return {
    secret: text,
    url: generateURI({
      // A colon separates the issuer from the account name.
      issuer: `Keyporter (${owner.organizationName.replaceAll(':', ' ')})`,
      label: owner.email,
      secret: text,
    }),
  }
}

/**
 * Returns the time step that matches a code: the current one, or one before or after. Undefined when none
 * matches. Uses SHA-1, six digits and 30 seconds, which every authenticator app supports.
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

/** Returns Base32 without padding (RFC 4648 §6). */
export async function encodeBase32(bytes: Uint8Array): Promise<string> {
  const { ScureBase32Plugin } = await loadLibrary()
  return new ScureBase32Plugin().encode(bytes)
}

/** Loads the library when the first member uses TOTP. */
function loadLibrary(): Promise<typeof import('otplib')> {
  return import('otplib')
}
