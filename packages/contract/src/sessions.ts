import * as z from 'zod'
import {
  actorOut,
  boundedText,
  byId,
  email,
  instantOut,
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

/** A one-time code. Malformed codes are rejected as wrong, not as invalid requests. */
const totpCode = z.string().min(1).max(64)

const currentPassword = secret(z.string().min(1).max(1024))

/** The languages of the console. `en-XA` is a pseudo-locale that reveals untranslated texts. */
export const locales = ['en', 'en-XA'] as const

/** The color themes of the console. */
export const themes = ['light', 'dark', 'system'] as const

/** The console preferences of a member. A null time zone selects the time zone of the browser. */
export const Preferences = z
  .object({ theme: z.enum(themes), timeZone: z.string().nullable(), locale: z.enum(locales) })
  .meta({ id: 'Preferences' })

/** The caller and their permissions. */
const CurrentSession = z
  .object({
    actor: actorOut,
    organization: Organization,
    permissions: z.array(z.string()),
    privileges: z.array(z.string()),
    member: Member.nullable(),
    /** Null for a credential. */
    preferences: Preferences.nullable(),
  })
  .meta({ id: 'CurrentSession' })

export const setupState = defineRoute({
  operationId: 'getSetup',
  method: 'GET',
  path: '/v1/setup',
  tag: 'sessions',
  summary: 'Get whether the first organization must be set up.',
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
    'Create the first organization, which becomes the operator, and its first member, with the setup code.',
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
  response: CurrentSession,
  errors: ['invalid_code', 'setup_completed', 'rate_limited'],
  organization: false,
})

export const signIn = defineRoute({
  operationId: 'signIn',
  method: 'POST',
  path: '/v1/sessions',
  tag: 'sessions',
  summary:
    'Sign in with e-mail and password, and a one-time code if two-factor authentication is on. Sets a session cookie.',
  access: 'public',
  audit: 'session.created',
  body: z.strictObject({
    email,
    password: secret(z.string().min(1).max(1024)),
    /** The organization to sign in to, for a member of several organizations. */
    organizationId: boundedText(200).optional(),
    /** Six digits (RFC 6238) or a recovery code. Spaces are ignored. Ignored if two-factor authentication is disabled. */
    totpCode: secret(totpCode).optional(),
  }),
  status: 201,
  response: CurrentSession.extend({
    /**
     * The organizations that the password is valid for, or only the requested one. Only this response
     * lists them, because only this request verifies the password.
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
  summary: 'List the active sessions of the caller.',
  access: 'authenticated',
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
  summary: 'End a session of the caller.',
  access: 'authenticated',
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
  summary: 'Get the caller and their current permissions.',
  access: 'authenticated',
  audit: { none: 'reads' },
  status: 200,
  response: CurrentSession,
  errors: [],
  organization: false,
})

export const updatePreferences = defineRoute({
  operationId: 'updatePreferences',
  method: 'PATCH',
  path: '/v1/session',
  tag: 'sessions',
  summary: 'Update the console preferences of the caller.',
  access: 'authenticated',
  audit: 'member.updated',
  body: z.strictObject({
    theme: z.enum(themes).optional(),
    timeZone: timeZone.nullable().optional(),
    locale: z.enum(locales).optional(),
  }),
  status: 200,
  response: CurrentSession,
  errors: ['not_found', 'precondition_failed'],
  organization: false,
})

export const grantors = defineRoute({
  operationId: 'listGrantors',
  method: 'GET',
  path: '/v1/session/grantors',
  tag: 'sessions',
  summary:
    'List members of the caller’s organization who can grant a privilege: at most ten names.',
  access: 'authenticated',
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
  summary: 'Sign out and end the current session.',
  access: 'authenticated',
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
  summary: 'Change the password of the caller. Ends all other sessions of the caller.',
  access: 'authenticated',
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
    'Start two-factor setup. The response contains the secret for an authenticator app, shown only once. Takes effect after confirmation.',
  access: 'authenticated',
  audit: 'member.totp_started',
  body: z.strictObject({ currentPassword }),
  status: 201,
  response: z.object({
    /** Base32, for manual entry. Null in a replayed response. */
    secret: secret(z.string().nullable()),
    /** The same secret as an `otpauth://` URL, for a QR code. */
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
    'Turn on two-factor authentication with a first one-time code. The response contains ten recovery codes, shown only once.',
  access: 'authenticated',
  audit: 'member.totp_enabled',
  body: z.strictObject({ code: secret(totpCode) }),
  status: 200,
  response: z.object({
    /** Each code is valid once, in place of a one-time code. Null in a replayed response. */
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
  summary: 'Turn off two-factor authentication for the caller.',
  access: 'authenticated',
  audit: 'member.totp_removed',
  body: z.strictObject({ currentPassword }),
  status: 204,
  response: z.undefined(),
  errors: ['sign_in_failed', 'not_found', 'precondition_failed', 'rate_limited'],
  organization: false,
})
