import { routes } from '@keyporter/contract'
import type { Config } from '../config.ts'
import { requireAcceptablePassword } from '../identity/sign-in/index.ts'
import { AppError } from '../kernel/app-error.ts'

/** The parsed `KEYPORTER_INIT_…` variables. */
export type InitialSetup = {
  readonly organizationName: string
  readonly admin:
    | { readonly email: string; readonly name: string; readonly password: string }
    | undefined
  readonly credentialFile: string | undefined
}

const DEFAULT_NAME = 'Keyporter'

const fields = routes.sessions.setup.body.shape

/**
 * Parses the `KEYPORTER_INIT_…` variables with the schemas of the setup request. Returns undefined when they
 * define neither a member nor a credential, because no caller could then authenticate.
 *
 * @throws {AppError} `invalid_request`, with the name of the variable and never its value
 */
export async function parseInit(init: Config['init']): Promise<InitialSetup | undefined> {
  const { credentialFile } = init
  if (init.adminEmail === undefined && credentialFile === undefined) return undefined
  const organizationName = readField('organizationName', 'ORGANIZATION', init.organization)
  const email = readField('email', 'ADMIN_EMAIL', init.adminEmail)
  const password = readField('password', 'ADMIN_PASSWORD', init.adminPassword)
  const start = { organizationName: organizationName ?? DEFAULT_NAME, credentialFile }
  if (email === undefined || password === undefined) return { ...start, admin: undefined }
  // The name defaults to the local part of the address. It can be changed later.
  const name = readField('name', 'ADMIN_EMAIL', email.split('@')[0]) ?? email
  const owner = { email, name, organizationName: start.organizationName }
  await requireAcceptablePassword(password, owner, 'KEYPORTER_INIT_ADMIN_PASSWORD').catch(
    rethrowForVariable,
  )
  return { ...start, admin: { email, name, password } }
}

function readField(
  field: 'organizationName' | 'email' | 'name' | 'password',
  variable: string,
  value: string | undefined,
): string | undefined {
  if (value === undefined) return undefined
  const parsed = fields[field].safeParse(value)
  if (parsed.success) return parsed.data
  throw invalid(`KEYPORTER_INIT_${variable}`, parsed.error.issues[0]?.message ?? 'not valid')
}

function rethrowForVariable(error: unknown): never {
  if (!(error instanceof AppError)) throw error
  throw invalid('KEYPORTER_INIT_ADMIN_PASSWORD', error.message)
}

function invalid(variable: string, problem: string): AppError {
  return new AppError('invalid_request', { detail: `${variable}: ${problem}` })
}
