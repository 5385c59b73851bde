import type { Context } from '../../kernel/context.ts'
import { encodeBase32 } from './totp.ts'

const CODE_COUNT = 10
const CODE_BYTES = 10

/** Returns ten new recovery codes of 80 random bits, in groups of four characters. Shown once. */
export async function generateRecoveryCodes({
  random,
}: Pick<Context, 'random'>): Promise<string[]> {
  const texts = await Promise.all(
    Array.from({ length: CODE_COUNT }, () => encodeBase32(random(CODE_BYTES))),
  )
  return texts.map((text) => text.toLowerCase().replaceAll(/(.{4})(?=.)/g, '$1-'))
}

/** Returns the digest to store for a recovery code. Ignores case, spaces and hyphens. */
export function recoveryCodeDigest({ digests }: Pick<Context, 'digests'>, code: string): string {
  return digests.keyedDigest(`recovery ${code.toLowerCase().replaceAll(/[\s-]/g, '')}`)
}
