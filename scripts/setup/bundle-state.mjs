// What is built before anything runs, the server's bundle and the console's pages: whether each was built
// from the sources as they are now, and building it.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { consoleDist, root, scriptEnvironment, serverDist } from './paths.mjs'

/**
 * @typedef {object} Bundle
 * @property {string} name
 * @property {string} dist       where it lies
 * @property {string[]} args     what builds it
 * @property {string[]} sources  files and folders that it is made from
 */

/** @param {string} name */
const sourcesOf = (name) => [`packages/${name}/package.json`, `packages/${name}/src`]

/** @type {Bundle} */
export const serverBundle = {
  name: 'server',
  dist: serverDist,
  args: ['scripts/bundle.mjs'],
  // The server imports no other package: test/architecture.once.test.ts keeps it so.
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

/** Builds what is not current, each in a process of its own: bundlers need the pinned Node, set-up runs on older ones. */
export function makeBundles() {
  for (const bundle of bundles.filter((candidate) => !isCurrent(candidate))) {
    const { status } = spawnSync('node', bundle.args, {
      cwd: root,
      env: scriptEnvironment(),
      stdio: 'inherit',
    })
    if (status !== 0) throw new Error(`The ${bundle.name} was not built, for the reason above.`)
  }
}

/**
 * Builds a bundle: notes what it was made from, after it was made. Sources that change meanwhile are not in it.
 *
 * @param {Bundle} bundle
 * @param {() => Promise<string[]>} build gives back the files it made, as they are called in `dist`
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
  const isThere = (/** @type {string} */ name) => existsSync(join(bundle.dist, name))
  return sources === hashSources(bundle) && files.every(isThere)
}

/** @param {Bundle} bundle */
function stampOf({ dist }) {
  return join(dist, '.bundle-stamp.json')
}

/**
 * One hash over everything that a bundle is made from.
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
