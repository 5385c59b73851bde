import type { AffectedChange, AuditAction } from '@keyporter/contract'
import type { Environment } from '@keyporter/protocol'
import type { Digests } from '../encryption/digests.ts'
import type { Vault } from '../encryption/organization-encryption.ts'
import type { RootSealing } from '../encryption/root-encryption.ts'
import type { Egress } from '../outbound/outbound.ts'
import type { Clock } from '../platform/clock.ts'
import type { Random } from '../platform/random.ts'
import type { Reader, Writer } from '../store/open.ts'

/** Who acts. The same authorization decides for all of them. */
export type Actor =
  | {
      readonly kind: 'member'
      readonly id: string
      readonly name: string
      readonly organizationId: string
      readonly permissions: ReadonlySet<string>
      readonly sessionId: string
    }
  | {
      readonly kind: 'credential'
      readonly id: string
      readonly name: string
      readonly organizationId: string
      readonly permissions: ReadonlySet<string>
      readonly clientId: string
      readonly environment: Environment
    }
  | AnonymousActor
  | SystemActor

type AnonymousActor = {
  readonly kind: 'anonymous'
  readonly id: null
  readonly name: string
  readonly organizationId: null
  readonly permissions: ReadonlySet<string>
}

type SystemActor = {
  readonly kind: 'system'
  readonly id: null
  readonly name: string
  readonly organizationId: null
  readonly permissions: ReadonlySet<string>
}

/** Someone who has not said who they are. */
export const anonymous: AnonymousActor = {
  kind: 'anonymous',
  id: null,
  name: 'Someone',
  organizationId: null,
  permissions: new Set(),
}

/** Keyporter itself: set-up by environment, timed work. */
export const system: SystemActor = {
  kind: 'system',
  id: null,
  name: 'Keyporter',
  organizationId: null,
  permissions: new Set(),
}

type AuditFields = {
  readonly target: { readonly type: string; readonly id: string | null; readonly name: string }
  /** The organization in whose log it stands; that of the context unless given. */
  readonly organizationId?: string
  /** Who did it, where that is not the context's actor (someone who just signed in). */
  readonly actor?: {
    readonly type: Actor['kind']
    readonly id: string | null
    readonly name: string
  }
  readonly outcome?: 'success' | 'refused'
  readonly reason?: string
  /** Field → before and after. */
  readonly changes?: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>
}

type AffectingAction = {
  [A in AuditAction]: AffectedChange<A> extends never ? never : A
}[AuditAction]

/**
 * An event of the audit log, without secrets. Where `eventTypes` says that an action affects further subjects,
 * `affected` lists their ids, so that caches that depend on them are invalidated.
 */
export type AuditEntry =
  | (AuditFields & {
      readonly action: Exclude<AuditAction, AffectingAction>
      readonly affected?: never
    })
  | {
      [A in AffectingAction]: AuditFields & {
        readonly action: A
        readonly affected: Readonly<Record<AffectedChange<A>, readonly string[]>>
      }
    }[AffectingAction]

/** The outcome of a transaction: its result and at least one audit entry. */
export type Mutation<T> = {
  readonly result: T
  readonly audit: AuditEntry | readonly [AuditEntry, ...AuditEntry[]]
}

/** What a verb works with. */
export type Context = {
  readonly actor: Actor
  /** The organization within which everything happens; empty only where there is none yet. */
  readonly organizationId: string
  /** Whether the actor belongs to the operator, the company that runs Keyporter. */
  readonly operator: boolean
  readonly requestId: string | null
  readonly ip: string | null
  readonly userAgent: string
  readonly clock: Clock
  readonly random: Random
  readonly digests: Digests
  /** Seals what belongs to the installation. */
  readonly sealing: RootSealing
  /** Seals what belongs to an organization. */
  readonly vault: Vault
  /** The one way out. */
  readonly egress: Egress
  /** The one source of every absolute URL. */
  readonly publicUrl: string
  readonly secretPrefix: string
  /** Reads; it cannot write. */
  readonly db: Reader
  /**
   * The one door to writing: rows, audit and changes of `work` commit together or not at all. Returns
   * once this node has taken note of the changes.
   */
  readonly mutate: <T>(work: (tx: Writer) => Promise<Mutation<T>>) => Promise<T>
}

/** Everything of a context but who asks. */
export type ContextBase = Omit<
  Context,
  'actor' | 'organizationId' | 'operator' | 'requestId' | 'ip' | 'userAgent' | 'mutate'
>

/** Who asks, from where. */
export type Caller = Pick<
  Context,
  'actor' | 'organizationId' | 'operator' | 'requestId' | 'ip' | 'userAgent'
>
