import { execFile } from 'node:child_process'
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { rootKeyId } from './envelope.ts'
import {
  adoptNextRootKeyFile,
  createNextRootKeyFile,
  createRootKeyFile,
  parseRootKey,
  readRootKeyFile,
  readRootKeyFiles,
  removeStagedRootKeys,
} from './root-key.ts'

const folders: string[] = []
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keyporter-root-key-'))
  folders.push(folder)
  return folder
}

function write(text: string, mode = 0o600): string {
  const folder = newFolder()
  writeFileSync(join(folder, 'root.key'), text)
  chmodSync(join(folder, 'root.key'), mode)
  return folder
}

describe('does', () => {
  it('a created key can be read, by its owner only', () => {
    const folder = join(newFolder(), 'made', 'nested')
    const key = createRootKeyFile(folder)
    expect(key).toHaveLength(32)
    expect(readRootKeyFile(folder)).toEqual(key)
    expect(readdirSync(folder)).toEqual(['root.key'])
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, 'root.key')).mode & 0o777).toBe(0o600)
  })

  it('an existing key is never overwritten: later calls return it', () => {
    const folder = newFolder()
    const first = createRootKeyFile(folder)
    expect(createRootKeyFile(folder)).toEqual(first)
    expect(readdirSync(folder)).toEqual(['root.key'])
  })

  it('concurrent processes get the same key', async () => {
    const folder = newFolder()
    const source = join(import.meta.dirname, 'root-key.ts')
    const script = `import { createRootKeyFile } from ${JSON.stringify(source)}
      console.log(Buffer.from(createRootKeyFile(process.argv[1])).toString('base64url'))`
    const make = async () => {
      const args = ['--conditions=@keyporter/source', '--input-type=module', '-e', script, folder]
      return (await promisify(execFile)(process.execPath, args)).stdout
    }
    const keys = await Promise.all([make(), make(), make()])
    expect(new Set(keys).size).toBe(1)
    expect(readdirSync(folder)).toEqual(['root.key'])
  })

  it('the next key is kept beside the current one until it is adopted, and no key is lost', () => {
    const folder = newFolder()
    const first = createRootKeyFile(folder)
    const next = createNextRootKeyFile(folder)
    expect(createNextRootKeyFile(folder)).toEqual(next)
    expect(next).not.toEqual(first)
    expect(readRootKeyFiles(folder)).toEqual([next, first])
    const retired = `root.key.retired-${rootKeyId(first)}`
    for (const interrupted of [true, false]) {
      // The state after a kill before the last step.
      if (interrupted) writeFileSync(join(folder, retired), 'half of a k', { mode: 0o600 })
      else adoptNextRootKeyFile(folder)
      expect(readRootKeyFiles(folder)[0]).toEqual(next)
    }
    expect(readdirSync(folder).toSorted()).toEqual(['root.key', retired])
    expect(parseRootKey(readFileSync(join(folder, retired), 'utf8'))).toEqual(first)
    expect(statSync(join(folder, retired)).mode & 0o777).toBe(0o600)
    adoptNextRootKeyFile(folder)
    expect(readRootKeyFiles(folder)).toEqual([next])
  })

  it('staged keys of a killed process are removed, and no other file', () => {
    const folder = newFolder()
    const key = createRootKeyFile(folder)
    const kept = ['root.key', 'root.key.next', `root.key.retired-${rootKeyId(key)}`, 'root.keys']
    for (const name of [...kept.slice(1), 'root.key.0123456789abcdef'])
      writeFileSync(join(folder, name), 'a copy', { mode: 0o600 })
    removeStagedRootKeys(folder)
    expect(readdirSync(folder).toSorted()).toEqual(kept)
  })

  it('without a file the key is undefined', () => {
    expect(readRootKeyFile(newFolder())).toBeUndefined()
  })

  it('surrounding white space is ignored', () => {
    const text = Buffer.alloc(32, 7).toString('base64url')
    expect(parseRootKey(` ${text}\r\n`)).toEqual(new Uint8Array(32).fill(7))
  })
})

describe('rejects', () => {
  it.each([
    ['nothing', ''],
    ['31 bytes', Buffer.alloc(31).toString('base64url')],
    ['33 bytes', Buffer.alloc(33).toString('base64url')],
    ['hexadecimal digits', Buffer.alloc(32).toString('hex')],
    ['base64 with its padding', Buffer.alloc(32, 0xfb).toString('base64')],
    ['other characters', '?'.repeat(43)],
  ])('%s in the file, without showing it', (_name, text) => {
    expect(parseRootKey(text)).toBeUndefined()
    const message = catchMessage(() => readRootKeyFile(write(text)))
    expect(message).toMatch(/^The root key .+ is not valid\. Expected: 32 bytes in base64url\.$/)
    if (text !== '') expect(message).not.toContain(text)
  })

  it.each([0o640, 0o620, 0o604, 0o602, 0o610, 0o601])('a file with the mode %o', (mode) => {
    const folder = write(Buffer.alloc(32).toString('base64url'), mode)
    expect(catchMessage(() => readRootKeyFile(folder))).toMatch(
      /^Other users can read the root key .+\. Run chmod 600 on it\.$/,
    )
  })
})

function catchMessage(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return ''
}
