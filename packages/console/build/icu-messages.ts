import { basename } from 'node:path'
import { parse } from '@formatjs/icu-messageformat-parser'
import type { Plugin } from 'vite'

/**
 * Parses the ICU messages of every catalogue (`messages.json`, `….messages.json`) during the build: the pages are
 * served without the parser. The build fails when a module passes any other JSON file to `catalogue`.
 */
export function icuMessages(): Plugin {
  return {
    name: 'message-trees',
    enforce: 'pre',
    config: (_config, { command }) =>
      command === 'build' ? { resolve: { alias: { [PARSER]: `${PARSER}/no-parser.js` } } } : {},
    transform: {
      filter: { id: CATALOGUE },
      handler: (code) => ({ code: JSON.stringify(parseMessages(JSON.parse(code))), map: null }),
    },
    moduleParsed({ id, importedIds }) {
      const unparsed = unparsedCatalogues(importedIds)
      if (unparsed.length > 0) {
        this.error(
          `${id} imports ${unparsed.map((file) => basename(file)).join(', ')} beside catalogue.ts: ` +
            'name a file of messages messages.json or ….messages.json, or its messages are not parsed.',
        )
      }
    },
  }
}

const PARSER = '@formatjs/icu-messageformat-parser'
const CATALOGUE = /[/.]messages\.json$/

/** The JSON files that a module imports beside `catalogue`, and that the build does not parse. */
function unparsedCatalogues(importedIds: readonly string[]): readonly string[] {
  if (!importedIds.some((id) => id.endsWith('/messages/catalogue.ts'))) return []
  return importedIds.filter((id) => id.endsWith('.json') && !CATALOGUE.test(id))
}

/** Keeps a text without arguments and tags as it is: such a text is its own tree. */
function parseMessages(messages: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(messages).map(([key, text]) => [key, /[{}<']/.test(text) ? parse(text) : text]),
  )
}
