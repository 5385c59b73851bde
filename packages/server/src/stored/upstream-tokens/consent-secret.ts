import { decodeUtf8, encodeUtf8 } from '@keyporter/protocol'
import type { SealedPlace } from '../../encryption/envelope.ts'
import { UnreadableError } from '../../encryption/organization-encryption.ts'
import type { Context } from '../../kernel/context.ts'
import type { Writer } from '../../store/open.ts'
import type { ConsentRow } from '../integrations/index.ts'

/** What of a consent nobody else may know. */
export type ConsentSecret = {
  /** Of PKCE (RFC 7636 §4.1). */
  readonly verifier: string
  /** What the connection signs in with, digested: the code is sent nowhere else. */
  readonly grant: string
}

type Place = Pick<ConsentRow, 'organizationId' | 'digest'>

/** Seals the secret of a consent for its place alone. */
export async function sealConsent(
  { vault }: Pick<Context, 'vault'>,
  tx: Writer,
  { secret, place }: { readonly secret: ConsentSecret; readonly place: Place },
): Promise<string> {
  return vault.seal(tx, encodeUtf8(JSON.stringify(secret)), placeOf(place))
}

/** The secret of a consent; undefined when it does not open any more. */
export async function openConsent(
  { vault }: Pick<Context, 'vault'>,
  consent: ConsentRow,
): Promise<ConsentSecret | undefined> {
  try {
    const opened = await vault.open(consent.sealedVerifier, placeOf(consent))
    const { verifier, grant } = JSON.parse(decodeUtf8(opened) ?? '{}')
    return { verifier, grant }
  } catch (cause) {
    if (cause instanceof UnreadableError) return undefined
    throw cause
  }
}

/** A consent is written once: its version is always the first. */
function placeOf({ organizationId, digest }: Place): SealedPlace {
  return { organization: organizationId, record: digest, field: 'verifier', version: 1 }
}
