import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { insertLinkCode, newLinkCode, revokeSetupCodes } from '../identity/members/index.ts'
import type { Context } from '../kernel/context.ts'

const FILE = 'setup-code'

/**
 * Creates a setup code that is valid for an hour, and revokes earlier codes. Also writes the code to
 * `setup-code` in the data directory, for scripts on this machine.
 *
 * @returns the setup link, to be printed once
 */
export async function createSetupLink(ctx: Context, dataDirectory: string): Promise<string> {
  const { code, row } = newLinkCode(ctx, 'setup', undefined)
  await ctx.mutate(async (tx) => {
    await revokeSetupCodes(tx, ctx.clock.now())
    await insertLinkCode(tx, row)
    return {
      result: undefined,
      // No organization exists yet: the event is appended to the log of the empty organization id.
      audit: { action: 'setup.started', target: { type: 'setup', id: null, name: 'Keyporter' } },
    }
  })
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 })
  await removeSetupCode(dataDirectory)
  await writeFile(join(dataDirectory, FILE), `${code}\n`, { mode: 0o600, flag: 'wx' })
  return `${ctx.publicUrl}/setup#code=${code}`
}

/** Removes the file with the code. Ignores errors, because the code in it is no longer valid. */
export async function removeSetupCode(dataDirectory: string): Promise<void> {
  await rm(join(dataDirectory, FILE), { force: true }).catch(() => undefined)
}
