import { basename } from 'node:path'
import { parse } from '@formatjs/icu-messageformat-parser'
import type { Plugin } from 'vite'

/**
 * Parses the ICU messages of all catalogues (`messages.json`, `….messages.json`) at build time, so that
 * the bundle does not contain the parser. Fails the build if a module passes another JSON file to
 * `catalogue`.
 */
export function icuMessages(): Plugin {
  return {
    name: 'icu-messages',
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
          `${id} imports ${unparsed.map((file) => basename(file)).join(', ')} and catalogue.ts. ` +
            'Rename the catalogue to messages.json or ….messages.json.',
        )
      }
    },
  }
}

const PARSER = '@formatjs/icu-messageformat-parser'
const CATALOGUE = /[/.]messages\.json$/

/** Returns the JSON files that a module imports together with `catalogue` and that are not parsed. */
function unparsedCatalogues(importedIds: readonly string[]): readonly string[] {
  if (!importedIds.some((id) => id.endsWith('/messages/catalogue.ts'))) return []
  return importedIds.filter((id) => id.endsWith('.json') && !CATALOGUE.test(id))
}

/** Parses messages with arguments or tags. Other messages stay strings, which need no parser. */
function parseMessages(messages: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(messages).map(([key, text]) => [key, /[{}<']/.test(text) ? parse(text) : text]),
  )
}
