import { constants } from 'node:fs'
import { access, copyFile, link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../kernel/app-error.ts'

/** The content of the file with the first credential. */
export type CredentialFile = {
  readonly clientId: string
  readonly clientSecret: string
  readonly organizationId: string
}

/**
 * Requires that the file does not exist, because it is never overwritten.
 *
 * @throws {AppError} `invalid_request`, with the name of the variable
 */
export async function requireAbsent(path: string): Promise<void> {
  if (!(await exists(path))) return
  throw new AppError('invalid_request', {
    detail:
      'KEYPORTER_INIT_CREDENTIAL_FILE: the file already exists and is not overwritten. Move the file, or unset the variable.',
  })
}

/**
 * Writes and syncs the credential to a staged file next to its destination, before the transaction commits.
 * A crash before {@link publishCredentialFile} loses nothing: after the commit the next start publishes
 * the staged file; without the commit the credential is not valid.
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
 * Moves the staged credential of the operator to its destination, and removes staged files of organizations
 * that were not created. Has no effect when no file is staged.
 *
 * @throws {Error} when a different file exists at the destination; the staged file is kept
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
  // Another node with the same file has published it.
  if (content === undefined) return
  try {
    await linkOrCopy(staged, path)
  } catch (cause) {
    const existing = await readIfExists(path)
    if (existing === undefined) throw cause
    if (existing !== content) {
      throw new Error(
        `${path} already exists and is not overwritten. The credential is in ${staged}. Move one of the files.`,
        { cause },
      )
    }
  }
  await syncDirectory(dirname(path))
}

/** Fails when the destination exists. */
async function linkOrCopy(staged: string, path: string): Promise<void> {
  try {
    await link(staged, path)
  } catch (cause) {
    if (hasCode(cause, 'EEXIST')) throw cause
    // Some file systems do not support hard links.
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

/** Makes a new directory entry durable. Ignores platforms that cannot sync directories. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r').catch(() => undefined)
  await directory?.sync().catch(() => undefined)
  await directory?.close()
}
