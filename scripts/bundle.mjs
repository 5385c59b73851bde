// Bundles the server into packages/server/dist: the entry, the worker that parses OpenAPI documents, and a
// chunk for each part that is loaded on first use. A bundle takes half the start time and 30 MiB less than
// separate modules. scripts/setup.mjs runs this script when the sources changed.
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { makeBundle, serverBundle } from './setup/bundle-state.mjs'
import { root, serverDist } from './setup/paths.mjs'

await makeBundle(serverBundle, async () => {
  const files = await writeBundle()
  removeStale(files)
  return files
})

async function writeBundle() {
  const bundle = await rolldown({
    cwd: root,
    input: {
      keyporter: 'packages/server/src/main.ts',
      'import-worker': 'packages/server/src/issued/apis/import-worker.ts',
    },
    platform: 'node',
    resolve: { conditionNames: ['@keyporter/source', 'node', 'default'] },
    // An optional native driver, which pg loads only on request.
    external: ['pg-native'],
    // Permits additional exports of the entry. Otherwise its code would move to a chunk and would no longer be
    // the main module.
    preserveEntrySignatures: 'allow-extension',
    plugins: [tlsOnFirstUse(), withoutUnused()],
    tsconfig: false,
    logLevel: 'warn',
  })
  // Chunks are in the same folder as the entries, so that paths relative to import.meta.url are equal in each.
  const { output } = await bundle.write({
    dir: serverDist,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: 'chunk-[name]-[hash].mjs',
    // With one character beyond Latin-1, the engine stores the text with two bytes per character.
    charset: 'ascii',
    // Reduces the start time. Names stay, for stack traces in the log.
    minify: { compress: true, mangle: false, codegen: true },
  })
  await bundle.close()
  return output.map((part) => part.fileName)
}

/**
 * Fastify loads node:https and node:http2 without using them, which takes 10 MiB and a tenth of the start
 * time. The bundle loads them on first use.
 */
function tlsOnFirstUse() {
  return {
    name: 'tls-on-first-use',
    /** @param {string} code @param {string} id */
    transform(code, id) {
      if (!id.replaceAll('\\', '/').endsWith('/node_modules/fastify/lib/server.js')) return null
      const lazy = code
        .replace(/^const (https|http2) = require\('node:(https|http2)'\)\n/gm, '')
        .replace(/\b(https|http2)(?=\.create(?:Secure)?Server\()/g, "require('node:$1')")
      if ((lazy.match(/require\('node:http(?:s|2)'\)\.create/g) ?? []).length !== 3) {
        throw new Error(
          'fastify/lib/server.js is not what the bundle expects: look at tlsOnFirstUse.',
        )
      }
      return lazy
    },
  }
}

/**
 * Removes unused parts of Fastify: its schema compilers (http/server.ts passes a factory that throws, because the contract
 * validates) and light-my-request. They would be a third of the code that is read at each start, and 3 MiB of memory.
 */
function withoutUnused() {
  const unused =
    /\/node_modules\/(@fastify\/ajv-compiler|@fastify\/fast-json-stringify-compiler|light-my-request)\//
  return {
    name: 'without-unused',
    /** @param {string} id */
    load: (id) => (unused.test(id.replaceAll('\\', '/')) ? 'module.exports = {}' : null),
  }
}

/**
 * Removes files of earlier bundles: all other .mjs files (the TypeScript compiler writes .js), and the compile
 * cache.
 *
 * @param {string[]} current
 */
function removeStale(current) {
  const stale = readdirSync(serverDist).filter(
    (name) => name === '.compile-cache' || (name.endsWith('.mjs') && !current.includes(name)),
  )
  for (const name of stale) rmSync(join(serverDist, name), { recursive: true })
}
