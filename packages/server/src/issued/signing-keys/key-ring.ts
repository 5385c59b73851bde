import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { encodeJwsHeader, type SigningAlgorithm } from '@keyporter/protocol'
import type { Context } from '../../kernel/context.ts'
import { encryptionContextOf } from './generate.ts'
import { algorithmOf, type SigningKeyRow, selectKeys } from './rows.ts'
import { activeAt, isPublished } from './rules.ts'

/** A decrypted signing key. */
export type SigningKey = {
  readonly kid: string
  readonly algorithm: SigningAlgorithm
  readonly activatesAt: number
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly publicJwk: object
  /** The encoded JWT header, the same for all tokens that the key signs. */
  readonly encodedHeader: string
}

/** The decrypted signing keys of the installation. */
export type KeyRing = {
  /** Returns the key that signs at an instant. */
  readonly active: (algorithm: SigningAlgorithm, nowMs: number) => SigningKey | undefined
  /** Returns a key by its id, if it is published and has the given algorithm. */
  readonly find: (kid: string, algorithm: SigningAlgorithm, nowMs: number) => SigningKey | undefined
  /** Returns the JWK Set (RFC 7517 §5): pending, active, and recently retired keys. */
  readonly publicKeys: (nowMs: number) => { readonly keys: readonly object[] }
  /** Reloads the keys after a change. */
  readonly reload: () => Promise<void>
}

/** Loads and decrypts the keys. */
export async function createKeyRing(
  deps: Pick<Context, 'db' | 'rootEncryption'>,
): Promise<KeyRing> {
  let keys: readonly SigningKey[] = []
  const load = async (): Promise<void> => {
    const loaded = new Map(keys.map((key) => [key.kid, key]))
    const rows = await selectKeys(deps.db)
    keys = rows.flatMap((row) => {
      const same = loaded.get(row.kid)
      return same?.activatesAt === row.activatesAt ? [same] : decryptKey(deps, row)
    })
  }
  await load()
  // One at a time: an earlier read must not replace the keys of a later one.
  let loading = Promise.resolve()
  return {
    reload: () => {
      loading = loading.catch(() => undefined).then(load)
      return loading
    },
    active: (algorithm, nowMs) => activeAt(keys, algorithm, nowMs),
    find: (kid, algorithm, nowMs) => {
      const key = keys.find((one) => one.kid === kid)
      return key?.algorithm === algorithm && isPublished(key, keys, nowMs) ? key : undefined
    },
    publicKeys: (nowMs) => ({
      keys: keys.filter((key) => isPublished(key, keys, nowMs)).map((key) => key.publicJwk),
    }),
  }
}

function decryptKey(
  { rootEncryption }: Pick<Context, 'rootEncryption'>,
  row: SigningKeyRow,
): readonly SigningKey[] {
  if (row.encryptedPrivateKey === null) return []
  const pkcs8 = Buffer.from(
    rootEncryption.decrypt(row.encryptedPrivateKey, encryptionContextOf(row.kid)),
  )
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
  const algorithm = algorithmOf(row)
  return [
    {
      kid: row.kid,
      algorithm,
      activatesAt: row.activatesAt,
      privateKey,
      publicKey: createPublicKey(privateKey),
      // safe because generateSigningKey wrote it
      publicJwk: JSON.parse(row.publicJwk) as object,
      encodedHeader: encodeJwsHeader({ alg: algorithm, kid: row.kid, typ: 'at+jwt' }),
    },
  ]
}
