import { parse } from '@formatjs/icu-messageformat-parser'
import type { Plugin } from 'vite'

/** Parses the ICU messages of every `messages.json` when the pages are built: no browser needs the parser then. */
export function messageTrees(): Plugin {
  return {
    name: 'message-trees',
    enforce: 'pre',
    config: (_config, { command }) =>
      command === 'build' ? { resolve: { alias: { [PARSER]: `${PARSER}/no-parser.js` } } } : {},
    transform: {
      filter: { id: /\/messages\.json$/ },
      handler: (code) => ({ code: JSON.stringify(parseMessages(JSON.parse(code))), map: null }),
    },
  }
}

const PARSER = '@formatjs/icu-messageformat-parser'

function parseMessages(messages: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(
    // A text without arguments and tags is its own tree.
    Object.entries(messages).map(([key, text]) => [key, /[{}<']/.test(text) ? parse(text) : text]),
  )
}
