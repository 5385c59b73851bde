// Whether the server bundle was built from the sources as they are now, and building it.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, scriptEnvironment, serverDist } from './paths.mjs'

// The server imports no other package: test/architecture.once.test.ts keeps it so.
const packages = ['protocol', 'contract', 'server']

export const bundleStampFile = join(serverDist, '.bundle-stamp.json')

export function isBundleCurrent() {
  if (!existsSync(bundleStampFile)) return false
  const { sources, files } = JSON.parse(readFileSync(bundleStampFile, 'utf8'))
  return sources === hashBundleSources() && files.every(isInDist)
}

/** Builds in a process of its own: the bundler needs the pinned Node, set-up runs on older ones. */
export function bundleServer() {
  const { status } = spawnSync('node', [join(root, 'scripts', 'bundle.mjs')], {
    cwd: root,
    env: scriptEnvironment(),
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('The server was not bundled, for the reason above.')
}

/** One hash over everything that the bundle is made from. */
export function hashBundleSources() {
  const hash = createHash('sha256')
  for (const file of bundleSources()) {
    const content = readFileSync(join(root, file))
    hash.update(`${file}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

function bundleSources() {
  const fromPackages = packages.flatMap((name) => [
    `packages/${name}/package.json`,
    ...sourcesUnder(`packages/${name}/src`),
  ])
  return ['package-lock.json', 'scripts/bundle.mjs', ...fromPackages]
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function sourcesUnder(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`
      if (entry.isDirectory()) return sourcesUnder(path)
      return entry.name.endsWith('.test.ts') ? [] : [path]
    })
}

/** @param {string} name */
function isInDist(name) {
  return existsSync(join(serverDist, name))
}
