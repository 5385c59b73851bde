import type { Config } from '../config.ts'
import { findOperator, type Organization } from '../identity/organizations/index.ts'
import { hashPassword } from '../identity/sign-in/index.ts'
import { findGrantableApis } from '../issued/apis/index.ts'
import { insertCredential } from '../issued/credentials/index.ts'
import { AppError } from '../kernel/app-error.ts'
import type { Context } from '../kernel/context.ts'
import type { Writer } from '../store/open.ts'
import {
  createOperator,
  type FirstMember,
  newFirstMember,
  newOperator,
  type OperatorDraft,
} from './create-operator.ts'
import { publishCredentialFile, requireAbsent, stageCredentialFile } from './credential-file.ts'
import { type InitialSetup, parseInit } from './parse-init.ts'
import { createSetupLink, removeSetupCode } from './setup-code.ts'

/** Dependencies of {@link bootstrap}. `ctx` acts for Keyporter itself, without an organization. */
export type BootstrapDeps = {
  readonly ctx: Context
  readonly config: Pick<Config, 'init'>
  readonly dataDirectory: string
  /** Imports the OpenAPI document at the path as an API of the organization. */
  readonly importApi?: (organizationId: string, path: string) => Promise<void>
}

/**
 * Ensures at every start that the operator exists or can be set up. With an empty store, environment
 * variables create the operator, its first member, the built-in API and a credential in one transaction.
 * If the environment defines neither a member nor a credential, creates a setup link.
 *
 * @returns the setup link, to be printed once; undefined when the operator exists
 * @throws {AppError} `invalid_request` when a variable is invalid; nothing is created
 */
export async function bootstrap(deps: BootstrapDeps): Promise<string | undefined> {
  const { ctx, config, dataDirectory } = deps
  const operator = (await findOperator(ctx.db)) ?? (await setUpFromEnvironment(deps))
  if (operator === undefined) return createSetupLink(ctx, dataDirectory)
  await removeSetupCode(dataDirectory)
  if (config.init.credentialFile !== undefined) {
    await publishCredentialFile(config.init.credentialFile, operator.id)
  }
  await importFirstApi(deps, operator)
  return undefined
}

async function setUpFromEnvironment(deps: BootstrapDeps): Promise<Organization | undefined> {
  const { ctx } = deps
  const start = await parseInit(deps.config.init)
  if (start === undefined) return undefined
  if (start.credentialFile !== undefined) {
    try {
      await requireAbsent(start.credentialFile)
    } catch (error) {
      // Another node with the same file was faster.
      const operator = await findOperator(ctx.db)
      if (operator !== undefined) return operator
      throw error
    }
  }
  const organization = newOperator(ctx, start.organizationName)
  const admin = await hashAdminPassword(ctx, start)
  const member = admin === undefined ? undefined : newFirstMember(ctx, organization, admin)
  try {
    await createFromEnvironment(ctx, { organization, member }, start.credentialFile)
  } catch (error) {
    // Another node created the operator first.
    if (!(error instanceof AppError) || error.code !== 'setup_completed') throw error
  }
  return findOperator(ctx.db)
}

async function hashAdminPassword(
  ctx: Context,
  { admin }: InitialSetup,
): Promise<FirstMember | undefined> {
  if (admin === undefined) return undefined
  const { email, name, password } = admin
  return { email, name, passwordHash: await hashPassword(password, ctx.random) }
}

async function createFromEnvironment(
  ctx: Context,
  first: OperatorDraft,
  credentialFile: string | undefined,
): Promise<void> {
  await ctx.mutate(async (tx) => {
    const created = await createOperator(ctx, tx, first)
    if (credentialFile === undefined) return { result: undefined, audit: created.audit }
    const credential = await createCredential(ctx, tx, {
      organizationId: first.organization.id,
      apiId: created.builtInApiId,
    })
    const { clientId, clientSecret } = credential
    await stageCredentialFile(credentialFile, {
      clientId,
      clientSecret,
      organizationId: first.organization.id,
    })
    return {
      result: undefined,
      audit: [...created.audit, credential.audit],
    }
  })
}

/** Full access includes the permissions that later versions add to the built-in API. */
async function createCredential(
  ctx: Context,
  tx: Writer,
  owner: { readonly organizationId: string; readonly apiId: string },
) {
  return insertCredential(tx, ctx, {
    ...owner,
    name: 'First management credential',
    notes: 'Created at the first start for KEYPORTER_INIT_CREDENTIAL_FILE.',
    kind: 'full_access',
    permissions: [],
    createdBy: { type: 'system', id: null, name: ctx.actor.name },
  })
}

/** Imports the document only while the organization has no API. A start after a crash repeats the import. */
export async function importFirstApi(
  { ctx, config, importApi }: Omit<BootstrapDeps, 'dataDirectory'>,
  { id }: Pick<Organization, 'id'>,
): Promise<void> {
  const path = config.init.api
  if (path === undefined || importApi === undefined) return
  const hasApi = async () => (await findGrantableApis(ctx.db, id)).length > 0
  if (await hasApi()) return
  try {
    await importApi(id, path)
  } catch (error) {
    // Another node imported the document first.
    if (!(await hasApi())) throw error
  }
}
