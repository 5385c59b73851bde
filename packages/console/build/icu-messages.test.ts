import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { icuMessages } from './icu-messages.ts'

/** Builds one module that formats the messages of one file. */
async function buildWith(file: string, messages: object): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'keyporter-messages-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  mkdirSync(join(root, 'messages'))
  writeFileSync(join(root, 'messages', 'catalogue.ts'), 'export const catalogue = (all) => all\n')
  writeFileSync(join(root, file), JSON.stringify(messages))
  writeFileSync(
    join(root, 'main.ts'),
    `import { catalogue } from './messages/catalogue.ts'\nimport messages from './${file}'\nexport const text = catalogue(messages)\n`,
  )
  await build({
    root,
    configFile: false,
    logLevel: 'silent',
    plugins: [icuMessages()],
    build: {
      minify: false,
      outDir: 'out',
      lib: { entry: join(root, 'main.ts'), formats: ['es'], fileName: 'main' },
    },
  })
  const [script = ''] = readdirSync(join(root, 'out'))
  return readFileSync(join(root, 'out', script), 'utf8')
}

const messages = { plain: 'Save', counted: '{count, plural, one {# day} other {# days}}' }

describe('the console build', () => {
  it.each(['messages.json', 'field.messages.json'])('parses the messages in %s', async (file) => {
    const script = await buildWith(file, messages)
    expect(script).toContain('pluralType')
    expect(script).not.toContain(messages.counted)
    expect(script).toMatch(/plain: "Save"/)
  })

  it.each(['fields.json', 'words.json'])(
    'fails if the catalogue %s has an unsupported name',
    async (file) => {
      await expect(buildWith(file, messages)).rejects.toThrow(`imports ${file} and catalogue.ts`)
    },
  )

  it('fails if a message has a syntax error', async () => {
    await expect(buildWith('messages.json', { broken: 'Hello {name' })).rejects.toThrow(
      'EXPECT_ARGUMENT_CLOSING_BRACE',
    )
  })
})
