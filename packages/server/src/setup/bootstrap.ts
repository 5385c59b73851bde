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
} from './create-first.ts'
import { publishCredentialFile, requireAbsent, stageCredentialFile } from './credential-file.ts'
import { type InitialSetup, parseInit } from './init.ts'
import { createSetupLink, removeSetupCode } from './setup-code.ts'

/** What the first start needs; `ctx` is that of Keyporter itself, within no organization. */
export type BootstrapDeps = {
  readonly ctx: Context
  readonly config: Pick<Config, 'init'>
  readonly dataDirectory: string
  /** Imports the OpenAPI document at the path as an api of the organization. */
  readonly importApi?: (organizationId: string, path: string) => Promise<void>
}

/**
 * Sees to it, at every start, that there is a first organization or a way to make it. On an empty store
 * the environment makes the operator, its first member, the built-in api and a credential, all or nothing;
 * where it names neither member nor credential, a one-time code lets a person do it.
 *
 * @returns the link with the code, to be printed once; undefined when there is an operator
 * @throws {AppError} `invalid_request` when the environment's values will not do; nothing is made then
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
      // Another node, which shares the file, was faster.
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
    // Another node was faster: its operator is as good.
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
    const made = await createOperator(ctx, tx, first)
    if (credentialFile === undefined) return { result: undefined, audit: made.audit }
    const credential = await createCredential(ctx, tx, {
      organizationId: first.organization.id,
      apiId: made.builtInApiId,
    })
    const { clientId, clientSecret } = credential
    await stageCredentialFile(credentialFile, {
      clientId,
      clientSecret,
      organizationId: first.organization.id,
    })
    return {
      result: undefined,
      audit: [...made.audit, credential.audit],
    }
  })
}

/** Full access: it can do, and so can grant, what later versions add to the built-in api. */
async function createCredential(
  ctx: Context,
  tx: Writer,
  whose: { readonly organizationId: string; readonly apiId: string },
) {
  return insertCredential(tx, ctx, {
    ...whose,
    name: 'First management credential',
    notes: 'Made at the first start, for KEYPORTER_INIT_CREDENTIAL_FILE.',
    kind: 'full_access',
    permissions: [],
    createdBy: { type: 'system', id: null, name: ctx.actor.name },
  })
}

/** The document becomes the first api, not one more: a start that was cut short is made up for. */
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
    // Another node was faster: its import is as good.
    if (!(await hasApi())) throw error
  }
}
