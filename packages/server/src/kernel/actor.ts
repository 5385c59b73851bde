import type { Actor } from './context.ts'

/** The actor of a recorded action, with the name it had at that time. */
export type ActorReference = {
  readonly type: 'member' | 'credential' | 'system' | 'anonymous'
  readonly id: string | null
  readonly name: string
}

/** Returns the reference that a row or an audit event stores for an actor. */
export function toActorReference({ kind, id, name }: Actor): ActorReference {
  return { type: kind, id, name }
}

/** Returns the actor reference in the columns of a row. An unknown type counts as `system`. */
export function parseActorReference(type: string, id: string | null, name: string): ActorReference {
  if (type === 'member' || type === 'credential' || type === 'anonymous') return { type, id, name }
  return { type: 'system', id, name }
}

/** Who created and last updated a resource, and when. Times are Unix time in milliseconds. */
export type Authorship = {
  readonly createdAt: number
  readonly createdBy: ActorReference
  readonly updatedAt: number
  readonly updatedBy: ActorReference
}

/** The columns that store {@link Authorship}. */
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

/** Returns the authorship in the columns of a row. */
export function toAuthorship(row: AuthorshipColumns): Authorship {
  return {
    createdAt: row.createdAt,
    createdBy: parseActorReference(row.createdByType, row.createdById, row.createdByName),
    updatedAt: row.updatedAt,
    updatedBy: parseActorReference(row.updatedByType, row.updatedById, row.updatedByName),
  }
}

/** Returns the columns for an authorship. */
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
