// Checks whether the bundles (server and console) match the current sources, and builds them.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { consoleDist, root, scriptEnvironment, serverDist } from './paths.mjs'

/**
 * @typedef {object} Bundle
 * @property {string} name
 * @property {string} dist       the output folder
 * @property {string[]} args     of the command that builds the bundle
 * @property {string[]} sources  files and folders
 */

/** @param {string} name */
const sourcesOf = (name) => [`packages/${name}/package.json`, `packages/${name}/src`]

/** @type {Bundle} */
export const serverBundle = {
  name: 'server',
  dist: serverDist,
  args: ['scripts/bundle.mjs'],
  // test/architecture.once.test.ts ensures that the server imports no other package.
  sources: ['scripts/bundle.mjs', ...['protocol', 'contract', 'server'].flatMap(sourcesOf)],
}

/** @type {Bundle} */
export const consoleBundle = {
  name: 'console',
  dist: consoleDist,
  args: ['--conditions=@keyporter/source', 'scripts/bundle-console.mjs'],
  sources: [
    'scripts/bundle-console.mjs',
    ...['index.html', 'vite.config.ts', 'build', 'public'].map(
      (name) => `packages/console/${name}`,
    ),
    ...['protocol', 'contract', 'sdk', 'console'].flatMap(sourcesOf),
  ],
}

const bundles = [serverBundle, consoleBundle]

export function areBundlesCurrent() {
  return bundles.every(isCurrent)
}

/** Builds outdated bundles, each in its own process: bundlers need the pinned Node, setup runs on older versions. */
export function makeBundles() {
  for (const bundle of bundles.filter((candidate) => !isCurrent(candidate))) {
    const { status } = spawnSync('node', bundle.args, {
      cwd: root,
      env: scriptEnvironment(),
      stdio: 'inherit',
    })
    if (status !== 0) throw new Error(`Building the ${bundle.name} failed. The reason is above.`)
  }
}

/**
 * Builds a bundle, then records the hash of the sources, computed before the build: sources that change
 * meanwhile make the bundle outdated.
 *
 * @param {Bundle} bundle
 * @param {() => Promise<string[]>} build returns the names of the created files in `dist`
 */
export async function makeBundle(bundle, build) {
  const startedAt = Date.now()
  const sources = hashSources(bundle)
  try {
    rmSync(stampOf(bundle), { force: true })
    const files = await build()
    writeFileSync(stampOf(bundle), `${JSON.stringify({ sources, files })}\n`)
    process.stdout.write(`Built the ${bundle.name} in ${Date.now() - startedAt} ms.\n`)
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}

/** @param {Bundle} bundle */
function isCurrent(bundle) {
  if (!existsSync(stampOf(bundle))) return false
  const { sources, files } = JSON.parse(readFileSync(stampOf(bundle), 'utf8'))
  const exists = (/** @type {string} */ name) => existsSync(join(bundle.dist, name))
  return sources === hashSources(bundle) && files.every(exists)
}

/** @param {Bundle} bundle */
function stampOf({ dist }) {
  return join(dist, '.bundle-stamp.json')
}

/**
 * Returns a hash over all sources of a bundle.
 *
 * @param {Bundle} bundle
 */
function hashSources({ sources }) {
  const hash = createHash('sha256')
  for (const file of ['package-lock.json', ...sources].flatMap(filesOf)) {
    const content = readFileSync(join(root, file))
    hash.update(`${file}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesOf(path) {
  if (!statSync(join(root, path)).isDirectory()) return /\.test\.tsx?$/.test(path) ? [] : [path]
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesOf(`${path}/${name}`))
}
