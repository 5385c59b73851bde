import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { insertCode, newCode, revokeSetupCodes } from '../identity/members/index.ts'
import type { Context } from '../kernel/context.ts'

const FILE = 'setup-code'

/**
 * Makes a one-time code, good for an hour, with which the first organization can be set up, and kills the
 * older ones. The code alone also goes into a file of the data directory, for scripts on this machine.
 *
 * @returns the link, to be printed once
 */
export async function createSetupLink(ctx: Context, dataDirectory: string): Promise<string> {
  const { code, row } = newCode(ctx, 'setup', undefined)
  await ctx.mutate(async (tx) => {
    await revokeSetupCodes(tx, ctx.clock.now())
    await insertCode(tx, row)
    return {
      result: undefined,
      // There is no organization yet in whose log it could stand: it stands in that of the context, none.
      audit: { action: 'setup.started', target: { type: 'setup', id: null, name: 'Keyporter' } },
    }
  })
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 })
  await removeSetupCode(dataDirectory)
  await writeFile(join(dataDirectory, FILE), `${code}\n`, { mode: 0o600, flag: 'wx' })
  return `${ctx.publicUrl}/setup#code=${code}`
}

/**
 * Removes the file with the code. Does nothing where there is none, and is not stopped by a file that will
 * not go: what it holds opens nothing any more.
 */
export async function removeSetupCode(dataDirectory: string): Promise<void> {
  await rm(join(dataDirectory, FILE), { force: true }).catch(() => undefined)
}
