// Makes the repository ready for the npm script that comes next: dependencies installed, a fitting
// Node in place and, with --bundle, server and console built. Node 18 with nothing installed can run it,
// so it uses Node's own modules alone. When nothing changed it only reads, and takes no lock.
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
