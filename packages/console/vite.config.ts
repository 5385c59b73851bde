import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig } from 'vite'
import { compress } from './build/compress.ts'
import { contractNames } from './build/contract-names.ts'
import { icuMessages } from './build/icu-messages.ts'

// One file for the first page and one for the modules that at least five pages share: a page then asks for 8 files in place
// of 35, and compresses better. Shared by fewer, a module has a file beside those of its pages.
const chunks = [
  { name: 'first', tags: ['$initial' as const], priority: 2 },
  { name: 'common', minShareCount: 5, priority: 1 },
]

// Read by `node --conditions=@keyporter/source`, so that the packages are their sources here, too.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [contractNames(), icuMessages(), react(), compress()],
  resolve: { conditions: ['@keyporter/source', ...defaultClientConditions] },
  build: {
    outDir: join(import.meta.dirname, '../server/dist/console'),
    emptyOutDir: true,
    target: 'es2023',
    // A list of what each page loads, by which the size check adds up.
    manifest: true,
    // Nothing inlined: the policy of the page allows no data: scripts or styles.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: { codeSplitting: { groups: chunks } },
      // Directives for servers that render React: there is none here.
      onwarn: (warning, warn) => {
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning)
      },
    },
  },
  server: {
    // `npm run console`: the pages from their sources, everything else from a running server.
    proxy: { '^/(v1|oauth|\\.well-known|openapi\\.json)': 'http://127.0.0.1:8080' },
  },
})
