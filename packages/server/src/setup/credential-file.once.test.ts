import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { publishCredentialFile, requireAbsent, stageCredentialFile } from './credential-file.ts'

const OPERATOR = 'org_01jd0000000000000000000001'
const NEVER_CREATED = 'org_01jd0000000000000000000002'
const content = (organizationId: string) => ({
  clientId: 'kpc_live_x',
  clientSecret: `secret of ${organizationId}`,
  organizationId,
})

let path: string
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'keyporter-file-')), 'new', 'manager.json')
})
const files = () => readdirSync(dirname(path))

describe('does', () => {
  it('a staged file is next to the destination, readable only by its owner', async () => {
    await stageCredentialFile(path, content(OPERATOR))
    expect(existsSync(path)).toBe(false)
    expect(files()).toStrictEqual([`manager.json.${OPERATOR}.staged`])
    expect(statSync(join(dirname(path), files()[0] ?? '')).mode & 0o777).toBe(0o600)
  })

  it('a published file is at the destination, readable only by its owner, and no staged file is left', async () => {
    await stageCredentialFile(path, content(OPERATOR))
    await publishCredentialFile(path, OPERATOR)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toStrictEqual(content(OPERATOR))
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(files()).toStrictEqual(['manager.json'])
  })

  it('after a crash before the commit, the staged file is removed', async () => {
    await stageCredentialFile(path, content(NEVER_CREATED))
    await stageCredentialFile(path, content(OPERATOR))
    await publishCredentialFile(path, OPERATOR)
    expect(files()).toStrictEqual(['manager.json'])
    expect(JSON.parse(readFileSync(path, 'utf8'))).toStrictEqual(content(OPERATOR))
  })

  it('after a crash between publication and cleanup, the next start cleans up', async () => {
    await stageCredentialFile(path, content(OPERATOR))
    writeFileSync(path, readFileSync(join(dirname(path), files()[0] ?? '')), { mode: 0o600 })
    await publishCredentialFile(path, OPERATOR)
    expect(files()).toStrictEqual(['manager.json'])
  })

  it('concurrent publication by several nodes gives one complete file', async () => {
    for (let round = 0; round < 50; round += 1) {
      const shared = join(mkdtempSync(join(tmpdir(), 'keyporter-file-')), 'manager.json')
      await stageCredentialFile(shared, content(OPERATOR))
      await Promise.all([1, 2, 3].map(() => publishCredentialFile(shared, OPERATOR)))
      expect(readdirSync(dirname(shared))).toStrictEqual(['manager.json'])
      expect(JSON.parse(readFileSync(shared, 'utf8'))).toStrictEqual(content(OPERATOR))
    }
  })

  it('without a staged file, no directory is created', async () => {
    await publishCredentialFile(path, OPERATOR)
    expect(existsSync(dirname(path))).toBe(false)
  })
})

describe('rejects', () => {
  it('a different file at the destination is kept, and the staged file too', async () => {
    await stageCredentialFile(path, content(OPERATOR))
    writeFileSync(path, 'precious')
    await expect(publishCredentialFile(path, OPERATOR)).rejects.toThrow('is not overwritten')
    expect(readFileSync(path, 'utf8')).toBe('precious')
    expect(files()).toHaveLength(2)
  })

  it('an existing file is rejected with the name of the variable', async () => {
    await requireAbsent(path)
    await stageCredentialFile(path, content(OPERATOR))
    await publishCredentialFile(path, OPERATOR)
    await expect(requireAbsent(path)).rejects.toThrow('KEYPORTER_INIT_CREDENTIAL_FILE')
  })
})
