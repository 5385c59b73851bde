import type { Actor } from './context.ts'

/** Who did something, as it was called then. */
export type Doer = {
  readonly type: 'member' | 'credential' | 'system' | 'anonymous'
  readonly id: string | null
  readonly name: string
}

/** An actor as the thing that it did remembers it. */
export function doerOf({ kind, id, name }: Actor): Doer {
  return { type: kind, id, name }
}

/** Reads who did something from the columns of a row. */
export function toDoer(type: string, id: string | null, name: string): Doer {
  if (type === 'member' || type === 'credential' || type === 'anonymous') return { type, id, name }
  return { type: 'system', id, name }
}
