import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { defaultClientConditions, defineConfig } from 'vite'
import { compress } from './build/compress.ts'
import { contractNames } from './build/contract-names.ts'
import { icuMessages } from './build/icu-messages.ts'

// One chunk for the first page and one for modules that at least five pages share: a page then loads
// 8 files instead of 35, and they compress better. Other modules stay in their own chunks.
const chunks = [
  { name: 'first', tags: ['$initial' as const], priority: 2 },
  { name: 'common', minShareCount: 5, priority: 1 },
]

// Run with `node --conditions=@keyporter/source`, which resolves workspace packages to their sources.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [contractNames(), icuMessages(), react(), compress()],
  resolve: { conditions: ['@keyporter/source', ...defaultClientConditions] },
  build: {
    outDir: join(import.meta.dirname, '../server/dist/console'),
    emptyOutDir: true,
    target: 'es2023',
    // The bundle size test reads the manifest.
    manifest: true,
    // The content security policy does not allow data: URLs.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: { codeSplitting: { groups: chunks } },
      // Ignores 'use client' directives: there is no server rendering.
      onwarn: (warning, warn) => {
        if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning)
      },
    },
  },
  server: {
    // `npm run console` serves the console from source and proxies the API to a running server.
    proxy: { '^/(v1|oauth|\\.well-known|openapi\\.json)': 'http://127.0.0.1:8080' },
  },
})
