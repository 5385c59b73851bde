import { constants } from 'node:fs'
import { access, copyFile, link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../kernel/app-error.ts'

/** What the file of the first credential holds. */
export type CredentialFile = {
  readonly clientId: string
  readonly clientSecret: string
  readonly organizationId: string
}

/**
 * Requires that nothing stands where the file shall be written: it is never overwritten.
 *
 * @throws {AppError} `invalid_request` naming the variable
 */
export async function requireAbsent(path: string): Promise<void> {
  if (!(await exists(path))) return
  throw new AppError('invalid_request', {
    detail:
      'KEYPORTER_INIT_CREDENTIAL_FILE: the file exists already, and is never overwritten. Move it away, or leave the variable out.',
  })
}

/**
 * Lays the credential beside the place where it belongs, safely on the disk, before the store commits to
 * it. Whatever ends the program between here and {@link publishCredentialFile}, nothing is lost: with the
 * commit the next start finds it, without the commit it opens nothing.
 */
export async function stageCredentialFile(path: string, content: CredentialFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const file = await open(stagedPath(path, content.organizationId), 'wx', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(content)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await syncDirectory(dirname(path))
}

/**
 * Puts the staged credential of the operator into its place, and removes what was staged for organizations
 * that never came to be. Does nothing where nothing was staged.
 *
 * @throws {Error} when another file has taken the place meanwhile; the credential then stays where it is
 */
export async function publishCredentialFile(path: string, operatorId: string): Promise<void> {
  const staged = stagedPath(path, operatorId)
  for (const name of await listStaged(path)) {
    const found = join(dirname(path), name)
    if (found === staged) await publish(staged, path)
    await rm(found, { force: true })
  }
}

async function publish(staged: string, path: string): Promise<void> {
  const content = await readIfExists(staged)
  // Another node, which shares the file, has settled it.
  if (content === undefined) return
  try {
    await linkOrCopy(staged, path)
  } catch (cause) {
    const present = await readIfExists(path)
    if (present === undefined) throw cause
    if (present !== content) {
      throw new Error(
        `${path} exists already and is not overwritten: the credential is in ${staged}`,
        { cause },
      )
    }
  }
  await syncDirectory(dirname(path))
}

/** Never overwrites. */
async function linkOrCopy(staged: string, path: string): Promise<void> {
  try {
    await link(staged, path)
  } catch (cause) {
    if (hasCode(cause, 'EEXIST')) throw cause
    // Some file systems have no second names for a file.
    await copyFile(staged, path, constants.COPYFILE_EXCL)
  }
}

async function readIfExists(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return undefined
    throw cause
  }
}

function hasCode(cause: unknown, code: string): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === code
}

async function listStaged(path: string): Promise<readonly string[]> {
  const start = `${basename(path)}.org_`
  const names = await readdir(dirname(path)).catch(() => [])
  return names.filter((name) => name.startsWith(start) && name.endsWith('.staged'))
}

function stagedPath(path: string, organizationId: string): string {
  return `${path}.${organizationId}.staged`
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}

/** Makes a new name durable; where directories cannot be synced, they need not be. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r').catch(() => undefined)
  await directory?.sync().catch(() => undefined)
  await directory?.close()
}
