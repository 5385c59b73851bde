import { resealColumn } from '../store/reseal.ts'
import { organizationColumns } from '../store/sealed-columns.ts'
import { fromRootKey, type RekeyDeps } from './resealings.ts'

/**
 * Puts secrets of organizations that are under a root key itself under the key of their organization: the
 * secrets of one-time codes were, before organizations had keys. Done at the start, before anyone asks.
 */
export async function adoptRootSealed(deps: RekeyDeps): Promise<void> {
  const { signal } = new AbortController()
  for (const keyId of deps.ctx.sealing.keyIds())
    for (const column of organizationColumns)
      await resealColumn(fromRootKey(deps), { column, under: { keyId } }, signal)
}
