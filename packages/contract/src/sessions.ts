import * as z from 'zod'
import {
  actorOut,
  byId,
  email,
  instantOut,
  lookupText,
  name,
  newPassword,
  timeZone,
} from './fields.ts'
import { Member, privilege } from './members.ts'
import { Organization } from './organizations.ts'
import { defineRoute } from './route.ts'
import { secret } from './secret.ts'

/** A console session of a member. */
const Session = z
  .object({
    id: z.string(),
    current: z.boolean(),
    createdAt: instantOut,
    lastSeenAt: instantOut,
    expiresAt: instantOut,
    ip: z.string(),
    userAgent: z.string(),
  })
  .meta({ id: 'Session' })

/** What a member typed as a one-time code. What is none is a wrong one. */
const oneTimeCode = z.string().min(1).max(64)

const currentPassword = secret(z.string().min(1).max(1024))

/** The languages of the console; `en-XA` is English stretched and accented, for finding what is not translated. */
export const locales = ['en', 'en-XA'] as const

/** How the console appears. */
export const themes = ['light', 'dark', 'system'] as const

/** How the console shows things to a member. A time zone of null is the browser's. */
const Preferences = z
  .object({ theme: z.enum(themes), timeZone: z.string().nullable(), locale: z.enum(locales) })
  .meta({ id: 'Preferences' })

/** Who the caller is, and what they may do. */
const WhoAmI = z
  .object({
    actor: actorOut,
    organization: Organization,
    permissions: z.array(z.string()),
    privileges: z.array(z.string()),
    member: Member.nullable(),
    /** Null for a credential, as `member` is. */
    preferences: Preferences.nullable(),
  })
  .meta({ id: 'WhoAmI' })

export const setupState = defineRoute({
  operationId: 'getSetup',
  method: 'GET',
  path: '/v1/setup',
  tag: 'sessions',
  summary: 'Whether the first organization still has to be set up.',
  access: 'public',
  audit: { none: 'reads' },
  status: 200,
  response: z.object({ needed: z.boolean() }),
  errors: [],
  organization: false,
})

export const setup = defineRoute({
  operationId: 'setUp',
  method: 'POST',
  path: '/v1/setup',
  tag: 'sessions',
  summary:
    'Make the first organization, the operator, and its first member, with the one-time code.',
  access: 'public',
  audit: 'setup.completed',
  body: z.strictObject({
    code: secret(z.string().min(1).max(128)),
    organizationName: name,
    name,
    email,
    password: secret(newPassword),
  }),
  status: 201,
  response: WhoAmI,
  errors: ['invalid_code', 'setup_done', 'rate_limited'],
  organization: false,
})

export const signIn = defineRoute({
  operationId: 'signIn',
  method: 'POST',
  path: '/v1/sessions',
  tag: 'sessions',
  summary:
    'Sign in with e-mail and password, and a one-time code where that is switched on; the session is a cookie.',
  access: 'public',
  audit: 'session.created',
  body: z.strictObject({
    email,
    password: secret(z.string().min(1).max(1024)),
    /** Which organization, for someone who is a member of several. */
    organizationId: lookupText(200).optional(),
    /** Six digits (RFC 6238), or a recovery code; spaces do not count. Of no account where it is not needed. */
    totpCode: secret(oneTimeCode).optional(),
  }),
  status: 201,
  response: WhoAmI.extend({
    /**
     * Where this password signs the person in: the organization that was named, else every one. Only
     * here, because only here the password has just been shown to be right.
     */
    organizations: z.array(Organization.pick({ id: true, name: true })),
  }).meta({ id: 'SignedIn' }),
  errors: ['sign_in_failed', 'totp_required', 'rate_limited'],
  organization: false,
})

export const list = defineRoute({
  operationId: 'listSessions',
  method: 'GET',
  path: '/v1/sessions',
  tag: 'sessions',
  summary: 'The caller’s own live sessions.',
  access: 'signed_in',
  audit: { none: 'reads' },
  status: 200,
  response: z.object({ data: z.array(Session), nextCursor: z.null() }),
  errors: [],
  organization: false,
})

export const end = defineRoute({
  operationId: 'endSession',
  method: 'DELETE',
  path: '/v1/sessions/:id',
  tag: 'sessions',
  summary: 'End one of the caller’s own sessions.',
  access: 'signed_in',
  audit: 'session.ended',
  params: byId,
  status: 204,
  response: z.undefined(),
  errors: ['not_found'],
  organization: false,
})

export const current = defineRoute({
  operationId: 'getCurrentSession',
  method: 'GET',
  path: '/v1/session',
  tag: 'sessions',
  summary: 'Who the caller is and what they may do, now.',
  access: 'signed_in',
  audit: { none: 'reads' },
  status: 200,
  response: WhoAmI,
  errors: [],
  organization: false,
})

export const updatePreferences = defineRoute({
  operationId: 'updatePreferences',
  method: 'PATCH',
  path: '/v1/session',
  tag: 'sessions',
  summary: 'Change how the console shows things to the caller.',
  access: 'signed_in',
  audit: 'member.updated',
  body: z.strictObject({
    theme: z.enum(themes).optional(),
    timeZone: timeZone.nullable().optional(),
    locale: z.enum(locales).optional(),
  }),
  status: 200,
  response: WhoAmI,
  errors: ['not_found', 'precondition_failed'],
  organization: false,
})

export const grantors = defineRoute({
  operationId: 'listGrantors',
  method: 'GET',
  path: '/v1/session/grantors',
  tag: 'sessions',
  summary: 'Whom of the caller’s own organization to ask for a privilege: at most ten names.',
  access: 'signed_in',
  audit: { none: 'reads' },
  query: z.strictObject({ privilege }),
  status: 200,
  response: z.object({
    data: z.array(z.object({ name: z.string() })),
    nextCursor: z.null(),
  }),
  errors: [],
  organization: false,
})

export const signOut = defineRoute({
  operationId: 'signOut',
  method: 'DELETE',
  path: '/v1/session',
  tag: 'sessions',
  summary: 'Sign out.',
  access: 'signed_in',
  audit: 'session.ended',
  status: 204,
  response: z.undefined(),
  errors: ['not_found'],
  organization: false,
})

export const changePassword = defineRoute({
  operationId: 'changePassword',
  method: 'POST',
  path: '/v1/session/password',
  tag: 'sessions',
  summary: 'Change the caller’s own password. Every other session of theirs ends.',
  access: 'signed_in',
  audit: 'member.password_changed',
  body: z.strictObject({
    currentPassword,
    newPassword: secret(newPassword),
  }),
  status: 204,
  response: z.undefined(),
  errors: ['sign_in_failed', 'not_found', 'rate_limited'],
  organization: false,
})

export const startTotp = defineRoute({
  operationId: 'startTotp',
  method: 'POST',
  path: '/v1/session/totp',
  tag: 'sessions',
  summary:
    'Begin to set one-time codes up: the secret for an authenticator app, shown this once. Needed only once confirmed.',
  access: 'signed_in',
  audit: 'member.totp_started',
  body: z.strictObject({ currentPassword }),
  status: 201,
  response: z.object({
    /** Base32, to be typed. Null in a replay of the answer. */
    secret: secret(z.string().nullable()),
    /** The same as an `otpauth://` address, to be shown as a QR code. */
    url: secret(z.string().nullable()),
  }),
  errors: ['sign_in_failed', 'not_found', 'precondition_failed', 'rate_limited'],
  organization: false,
})

export const confirmTotp = defineRoute({
  operationId: 'confirmTotp',
  method: 'POST',
  path: '/v1/session/totp/confirm',
  tag: 'sessions',
  summary:
    'Switch one-time codes on, with the first one. The answer holds, this once, ten recovery codes.',
  access: 'signed_in',
  audit: 'member.totp_enabled',
  body: z.strictObject({ code: secret(oneTimeCode) }),
  status: 200,
  response: z.object({
    /** Each signs in once in place of a one-time code. Null in a replay of the answer. */
    recoveryCodes: secret(z.array(z.string()).nullable()),
  }),
  errors: ['invalid_code', 'not_found', 'precondition_failed', 'rate_limited'],
  organization: false,
})

export const removeTotp = defineRoute({
  operationId: 'removeTotp',
  method: 'POST',
  path: '/v1/session/totp/remove',
  tag: 'sessions',
  summary: 'Switch one’s own one-time codes off.',
  access: 'signed_in',
  audit: 'member.totp_removed',
  body: z.strictObject({ currentPassword }),
  status: 204,
  response: z.undefined(),
  errors: ['sign_in_failed', 'not_found', 'precondition_failed', 'rate_limited'],
  organization: false,
})
