import { describe, expect, it } from 'vitest'
import { readDocument, suggestPattern, toImportRequest } from './import-request.ts'

const mapping = {
  way: 'pattern',
  pattern: 'Needs: *',
  usesTags: true,
  apiId: '',
  name: ' Ships ',
  identifier: '',
} as const
const document = { text: '{}', fileName: undefined }

describe('an import', () => {
  it('asks for what was chosen, and leaves out what was left empty', () => {
    expect(toImportRequest(document, mapping, false)).toEqual({
      openapi: '{}',
      apply: false,
      permissionPattern: 'Needs: *',
      fallback: 'tags',
      name: 'Ships',
    })
    expect(
      toImportRequest(document, { ...mapping, way: 'document', apiId: 'api_1' }, true),
    ).toEqual({ openapi: '{}', apply: true, apiId: 'api_1' })
  })

  it('of a document that is too large as text within JSON sends it as an object', () => {
    const large = JSON.stringify({ text: '"'.repeat(6_000_000) })
    expect(typeof toImportRequest({ ...document, text: large }, mapping, false).openapi).toBe(
      'object',
    )
  })

  it('suggests the phrase that most descriptions have before their permissions', () => {
    const text = [
      'Required API Permissions: CONTACT_READ, EVENT_READ',
      'Required API Permissions: `EVENT_READ`',
      'Old scope: EVENT_READ',
      'Permissions: nothing of ours',
    ].join('\\n')
    expect(suggestPattern(text)).toBe('Required API Permissions: *')
    expect(suggestPattern('Permissions are explained elsewhere.')).toBeUndefined()
  })

  it.each([
    ['is not UTF-8', new Uint8Array([0xff, 0xfe, 0x00]), 'documentNotText'],
    ['is empty', new Uint8Array(), 'documentEmpty'],
    ['is over 15 MB', new Uint8Array(15 * 1024 * 1024 + 1), 'documentTooLarge'],
  ])('takes no file that %s', async (_, bytes, fault) => {
    expect(await readDocument(new File([bytes], 'a.json'))).toEqual({ fault })
  })
})
