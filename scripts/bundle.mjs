// Bundles the server into packages/server/dist: one file to start, one for the worker that reads
// OpenAPI documents, and a chunk for each part that is loaded on first use. Half the start time and
// 30 MiB less than many modules. Started by scripts/setup.mjs when the sources changed.
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
    // An optional native driver, which pg asks for only when told to.
    external: ['pg-native'],
    // The entry may export more than it says: otherwise its code would move to a chunk, where it is not
    // the program's main module any more.
    preserveEntrySignatures: 'allow-extension',
    plugins: [tlsOnFirstUse(), withoutUnused()],
    tsconfig: false,
    logLevel: 'warn',
  })
  // Chunks lie beside the entries: a path relative to a module's own URL is then the same in each.
  const { output } = await bundle.write({
    dir: serverDist,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: 'chunk-[name]-[hash].mjs',
    // One character beyond Latin-1, and the engine keeps two bytes for each of the text.
    charset: 'ascii',
    // Less to read at start; names stay, for the stack frames of the log.
    minify: { compress: true, mangle: false, codegen: true },
  })
  await bundle.close()
  return output.map((part) => part.fileName)
}

/**
 * Fastify loads node:https and node:http2 although they are not asked for: 10 MiB of memory and a tenth of
 * the start. In the bundle they are loaded where they are used.
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
 * Of what Fastify brings with it, what is never asked for: its compilers of schemas, in whose place the contract is
 * (http/server.ts gives it a factory that throws), and requests without a network, for tests. A third of the text that is
 * read at each start, and 3 MiB of memory for as long as the program runs.
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
 * What earlier bundles left: everything in the folder that ends in .mjs is a bundle's (the compiler writes
 * .js), and so is the code that the program keeps compiled.
 *
 * @param {string[]} current
 */
function removeStale(current) {
  const stale = readdirSync(serverDist).filter(
    (name) => name === '.compile-cache' || (name.endsWith('.mjs') && !current.includes(name)),
  )
  for (const name of stale) rmSync(join(serverDist, name), { recursive: true })
}
