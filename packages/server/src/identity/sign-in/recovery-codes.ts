import type { Context } from '../../kernel/context.ts'
import { encodeBase32 } from './totp.ts'

const CODE_COUNT = 10
const CODE_BYTES = 10

/** New recovery codes of 80 bits each, in groups of four; to be shown once. */
export async function generateRecoveryCodes({
  random,
}: Pick<Context, 'random'>): Promise<string[]> {
  const texts = await Promise.all(
    Array.from({ length: CODE_COUNT }, () => encodeBase32(random(CODE_BYTES))),
  )
  return texts.map((text) => text.toLowerCase().replaceAll(/(.{4})(?=.)/g, '$1-'))
}

/** What is kept of a recovery code: the digest of its letters, however they were grouped. */
export function recoveryCodeDigest({ digests }: Pick<Context, 'digests'>, code: string): string {
  return digests.digest(`recovery ${code.toLowerCase().replaceAll(/[\s-]/g, '')}`)
}
