/** Digests as SigV4 writes them. */
import { encodeHex } from '../bytes.ts'
import type { SigningContext } from './request.ts'

/** The SHA-256 in lower-case hexadecimal. */
export function sha256Hex(data: string | Uint8Array, around: SigningContext): string {
  return around.sha256Hex?.(data) ?? encodeHex(around.sha256(data))
}

/** The HMAC-SHA-256 in lower-case hexadecimal. */
export function hmacSha256Hex(key: Uint8Array, data: string, around: SigningContext): string {
  return around.hmacSha256Hex?.(key, data) ?? encodeHex(around.hmacSha256(key, data))
}
