import type { AffectedChange, AuditAction } from '@keyporter/contract'
import type { Environment } from '@keyporter/protocol'
import type { Digests } from '../encryption/digests.ts'
import type { OrganizationEncryption } from '../encryption/organization-encryption.ts'
import type { RootEncryption } from '../encryption/root-encryption.ts'
import type { Outbound } from '../outbound/outbound.ts'
import type { Clock } from '../platform/clock.ts'
import type { Random } from '../platform/random.ts'
import type { IdempotencyClaim } from '../store/idempotency-records.ts'
import type { Reader, Writer } from '../store/open.ts'

/**
 * Who acts, with its permissions. All kinds pass the same authorization. Authentication returns an actor in a
 * {@link Principal}. A verb gets it in a {@link Caller}, after the organization is selected.
 */
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

/** An unauthenticated caller. */
export const anonymous: AnonymousActor = {
  kind: 'anonymous',
  id: null,
  name: 'Unauthenticated caller',
  organizationId: null,
  permissions: new Set(),
}

/** Keyporter itself: setup from environment variables, background jobs. */
export const system: SystemActor = {
  kind: 'system',
  id: null,
  name: 'Keyporter',
  organizationId: null,
  permissions: new Set(),
}

/** An actor as authentication returns it. On public routes the actor is anonymous. */
export type Principal = {
  readonly actor: Actor
  /** Whether the actor belongs to the operator, the organization that runs this installation. */
  readonly operator: boolean
  /** Whether a session cookie authenticated the request: its changes must come from the same origin. */
  readonly session: boolean
  /** The secret that authenticated the request; undefined for an access token and a session. */
  readonly secretId?: string | undefined
}

/** Where a request comes from, for the audit log and for brute-force limits. */
export type RequestSource = {
  /** Null when unknown. Authentication without an address is never blocked. */
  readonly ip: string | null
  readonly requestId: string | null
}

export type { IdempotencyClaim }

/** A principal's actor within one organization: the part of a context that differs between requests. */
export type Caller = Pick<Principal, 'actor' | 'operator'> &
  RequestSource & {
    /** The organization that all reads and writes are limited to. Empty only before setup. */
    readonly organizationId: string
    readonly userAgent: string
    /** The idempotency key of the request. A change is committed only while the claim is valid. */
    readonly claim?: IdempotencyClaim | undefined
    /** Responds that the outcome of a change is unknown, while it is still being determined. */
    readonly respondOutcomeUnknown?: (() => void) | undefined
  }

type AuditFields = {
  readonly target: { readonly type: string; readonly id: string | null; readonly name: string }
  /** The organization whose log receives the event. Default: the organization of the context. */
  readonly organizationId?: string
  /** Replaces the actor of the context, for example while a member is signing in. */
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

/** The context in which a verb runs. */
export type Context = Caller & {
  readonly clock: Clock
  readonly random: Random
  readonly digests: Digests
  /** Encrypts with the root key: keys and settings of the installation. */
  readonly rootEncryption: RootEncryption
  /** Encrypts with the keys of an organization. */
  readonly organizationEncryption: OrganizationEncryption
  /** The only way to make outbound calls. */
  readonly outbound: Outbound
  /** The base of every absolute URL. Never taken from a request. */
  readonly publicUrl: string
  readonly secretPrefix: string
  /** A read-only handle. */
  readonly db: Reader
  /**
   * The only way to write. Rows, audit events and change records of `work` commit together or not at all.
   * Returns after this node has processed the change records.
   */
  readonly mutate: <T>(work: (tx: Writer) => Promise<Mutation<T>>) => Promise<T>
}

/** The part of a context that does not depend on the caller. */
export type ContextBase = Omit<Context, keyof Caller | 'mutate'>
