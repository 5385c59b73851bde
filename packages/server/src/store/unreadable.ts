import type { Writer } from './open.ts'

/** Marks the connections whose values nobody can read any more, because their key is gone; returns which. */
export async function markUnreadable(
  tx: Writer,
  organizationId: string,
): Promise<readonly string[]> {
  const rows = await tx
    .updateTable('connections')
    .set(({ eb }) => ({
      status: 'needs_attention',
      attention: 'unreadable',
      version: eb('version', '+', 1),
    }))
    .where('organizationId', '=', organizationId)
    .where('sealed', 'is not', null)
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}
