import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import type { TestServer } from './server.ts'

/** A signing key of a server, including the private key. */
export type OpenedKey = {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/**
 * Decrypts the newest signing key of an algorithm, like an intruder with the store and the root
 * key.
 */
export async function openSigningKey(server: TestServer, algorithm: string): Promise<OpenedKey> {
  const { db, rootEncryption } = server.program.systemContext(server.operatorId)
  const { kid, encryptedPrivateKey } = await db
    .selectFrom('signingKeys')
    .select(['kid', 'encryptedPrivateKey'])
    .where('algorithm', '=', algorithm)
    .where('destroyedAt', 'is', null)
    .orderBy('activatesAt', 'desc')
    .executeTakeFirstOrThrow()
  if (encryptedPrivateKey === null) throw new Error(`${kid} has no private key`)
  const context = { organization: 'installation', record: kid, field: 'signing_key', version: 1 }
  const pkcs8 = Buffer.from(rootEncryption.decrypt(encryptedPrivateKey, context))
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
  return { kid, privateKey, publicKey: createPublicKey(privateKey) }
}
