/** Digests in hexadecimal. */
import { encodeHex } from '../bytes.ts'
import type { SigningContext } from './request.ts'

/** Returns the SHA-256 in lowercase hexadecimal. */
export function sha256Hex(data: string | Uint8Array, context: SigningContext): string {
  return context.sha256Hex?.(data) ?? encodeHex(context.sha256(data))
}

/** Returns the HMAC-SHA-256 in lowercase hexadecimal. */
export function hmacSha256Hex(key: Uint8Array, data: string, context: SigningContext): string {
  return context.hmacSha256Hex?.(key, data) ?? encodeHex(context.hmacSha256(key, data))
}
