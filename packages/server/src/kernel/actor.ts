import type { Actor } from './context.ts'

/** Who did something, as it was called then. */
export type ActorReference = {
  readonly type: 'member' | 'credential' | 'system' | 'anonymous'
  readonly id: string | null
  readonly name: string
}

/** An actor as the thing that it did remembers it. */
export function toActorReference({ kind, id, name }: Actor): ActorReference {
  return { type: kind, id, name }
}

/** Reads who did something from the columns of a row. */
export function parseActorReference(type: string, id: string | null, name: string): ActorReference {
  if (type === 'member' || type === 'credential' || type === 'anonymous') return { type, id, name }
  return { type: 'system', id, name }
}

/** By whom and when something was made and last changed; times are milliseconds since 1970. */
export type Authorship = {
  readonly createdAt: number
  readonly createdBy: ActorReference
  readonly updatedAt: number
  readonly updatedBy: ActorReference
}

/** {@link Authorship} in the columns of a row. */
export type AuthorshipColumns = {
  readonly createdAt: number
  readonly createdByType: string
  readonly createdById: string | null
  readonly createdByName: string
  readonly updatedAt: number
  readonly updatedByType: string
  readonly updatedById: string | null
  readonly updatedByName: string
}

/** Reads them from a row. */
export function toAuthorship(row: AuthorshipColumns): Authorship {
  return {
    createdAt: row.createdAt,
    createdBy: parseActorReference(row.createdByType, row.createdById, row.createdByName),
    updatedAt: row.updatedAt,
    updatedBy: parseActorReference(row.updatedByType, row.updatedById, row.updatedByName),
  }
}

/** Writes them into a row. */
export function toAuthorshipColumns(draft: Authorship): AuthorshipColumns {
  return {
    createdAt: draft.createdAt,
    createdByType: draft.createdBy.type,
    createdById: draft.createdBy.id,
    createdByName: draft.createdBy.name,
    updatedAt: draft.updatedAt,
    updatedByType: draft.updatedBy.type,
    updatedById: draft.updatedBy.id,
    updatedByName: draft.updatedBy.name,
  }
}
