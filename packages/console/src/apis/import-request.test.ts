import { describe, expect, it } from 'vitest'
import { readDocument, suggestPattern, toImportRequest } from './import-request.ts'

const mapping = {
  source: 'pattern',
  pattern: 'RequiredPermissions: *',
  usesTags: true,
  apiId: '',
  name: ' Ships ',
  identifier: '',
} as const
const document = { text: '{}', fileName: undefined }

describe('an import', () => {
  it('sends the chosen options and omits empty fields', () => {
    expect(toImportRequest(document, mapping, false)).toEqual({
      openapi: '{}',
      apply: false,
      permissionPattern: 'RequiredPermissions: *',
      fallback: 'tags',
      name: 'Ships',
    })
    expect(
      toImportRequest(document, { ...mapping, source: 'document', apiId: 'api_1' }, true),
    ).toEqual({ openapi: '{}', apply: true, apiId: 'api_1' })
  })

  it('sends a document as an object if its JSON string would exceed the body limit', () => {
    const large = JSON.stringify({ text: '"'.repeat(6_000_000) })
    expect(typeof toImportRequest({ ...document, text: large }, mapping, false).openapi).toBe(
      'object',
    )
  })

  it('suggests the most frequent phrase before permission names', () => {
    const text = [
      'Required API Permissions: CONTACT_READ, EVENT_READ',
      'Required API Permissions: `EVENT_READ`',
      'Old scope: EVENT_READ',
      'Permissions: see the guide',
    ].join('\\n')
    expect(suggestPattern(text)).toBe('Required API Permissions: *')
    expect(suggestPattern('Permissions are explained elsewhere.')).toBeUndefined()
  })

  it.each([
    ['is not UTF-8', new Uint8Array([0xff, 0xfe, 0x00]), 'documentNotText'],
    ['is empty', new Uint8Array(), 'documentEmpty'],
    ['is larger than 15 MB', new Uint8Array(15 * 1024 * 1024 + 1), 'documentTooLarge'],
  ])('rejects a file that %s', async (_, bytes, fault) => {
    expect(await readDocument(new File([bytes], 'a.json'))).toEqual({ fault })
  })
})
