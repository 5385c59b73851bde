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
const NEVER_MADE = 'org_01jd0000000000000000000002'
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
  it('what is staged is not in its place, but safe beside it', async () => {
    await stageCredentialFile(path, content(OPERATOR))
    expect(existsSync(path)).toBe(false)
    expect(files()).toStrictEqual([`manager.json.${OPERATOR}.staged`])
    expect(statSync(join(dirname(path), files()[0] ?? '')).mode & 0o777).toBe(0o600)
  })

  it('what is settled is in its place, readable by its owner alone, and nothing is beside it', async () => {
    await stageCredentialFile(path, content(OPERATOR))
    await publishCredentialFile(path, OPERATOR)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toStrictEqual(content(OPERATOR))
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(files()).toStrictEqual(['manager.json'])
  })

  it('after a crash before the commit, what was staged for nobody goes', async () => {
    await stageCredentialFile(path, content(NEVER_MADE))
    await stageCredentialFile(path, content(OPERATOR))
    await publishCredentialFile(path, OPERATOR)
    expect(files()).toStrictEqual(['manager.json'])
    expect(JSON.parse(readFileSync(path, 'utf8'))).toStrictEqual(content(OPERATOR))
  })

  it('after a crash between the place and the tidying up, the next start tidies up', async () => {
    await stageCredentialFile(path, content(OPERATOR))
    writeFileSync(path, readFileSync(join(dirname(path), files()[0] ?? '')), { mode: 0o600 })
    await publishCredentialFile(path, OPERATOR)
    expect(files()).toStrictEqual(['manager.json'])
  })

  it('by two nodes that share the file, at the same moment', async () => {
    for (let round = 0; round < 50; round += 1) {
      const shared = join(mkdtempSync(join(tmpdir(), 'keyporter-file-')), 'manager.json')
      await stageCredentialFile(shared, content(OPERATOR))
      await Promise.all([1, 2, 3].map(() => publishCredentialFile(shared, OPERATOR)))
      expect(readdirSync(dirname(shared))).toStrictEqual(['manager.json'])
      expect(JSON.parse(readFileSync(shared, 'utf8'))).toStrictEqual(content(OPERATOR))
    }
  })

  it('nothing where nothing is staged, not even the folder', async () => {
    await publishCredentialFile(path, OPERATOR)
    expect(existsSync(dirname(path))).toBe(false)
  })
})

describe('refuses', () => {
  it('another file in its place stays, and the credential stays where it is', async () => {
    await stageCredentialFile(path, content(OPERATOR))
    writeFileSync(path, 'precious')
    await expect(publishCredentialFile(path, OPERATOR)).rejects.toThrow('is not overwritten')
    expect(readFileSync(path, 'utf8')).toBe('precious')
    expect(files()).toHaveLength(2)
  })

  it('a place that is taken before anything was made', async () => {
    await requireAbsent(path)
    await stageCredentialFile(path, content(OPERATOR))
    await publishCredentialFile(path, OPERATOR)
    await expect(requireAbsent(path)).rejects.toThrow('KEYPORTER_INIT_CREDENTIAL_FILE')
  })
})
