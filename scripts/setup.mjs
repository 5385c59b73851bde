// Prepares the repository for an npm script: installs the dependencies and the pinned Node and, with --bundle,
// builds server and console. Runs on Node 18 without any dependency, and therefore imports only Node's own
// modules. When nothing changed, it only reads and takes no lock.
import { areBundlesCurrent, makeBundles } from './setup/bundle-state.mjs'
import { areDependenciesInstalled, installDependencies } from './setup/dependencies.mjs'
import { withLock } from './setup/lock.mjs'
import { requireNode } from './setup/node-version.mjs'

const wantsBundle = process.argv.includes('--bundle')

try {
  if (!isReady()) await withLock(prepare)
  requireNode()
} catch (error) {
  process.stderr.write(`\n${error.message}\n`)
  process.exitCode = 1
}

function isReady() {
  return areDependenciesInstalled() && (!wantsBundle || areBundlesCurrent())
}

async function prepare() {
  if (!areDependenciesInstalled()) await installDependencies()
  requireNode()
  if (wantsBundle && !areBundlesCurrent()) makeBundles()
}
