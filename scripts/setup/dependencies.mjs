// Installs the dependencies when package-lock.json changed since the last complete installation.
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { linkLibraries } from './library-links.mjs'
import { runNpmCi } from './npm.mjs'
import { binaries, modules, root } from './paths.mjs'
import { missingPlatformPackages } from './platform-packages.mjs'

const stampFile = join(modules, '.keyporter-stamp')

export function areDependenciesInstalled() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp()
}

export async function installDependencies() {
  const startedAt = Date.now()
  process.stdout.write('Installing dependencies …\n')
  rmSync(stampFile, { force: true })
  await install()
  if (missingPlatformPackages().length > 0) await installUnderPinnedNode()
  linkLibraries()
  defineExec()
  // Written last, so that an interrupted installation is repeated.
  writeFileSync(stampFile, stamp())
  process.stdout.write(`Installed in ${((Date.now() - startedAt) / 1000).toFixed(0)} s.\n`)
}

/** @param {string} [node] */
async function install(node) {
  const { status, errors } = await runNpmCi(node)
  if (status !== 0) throw new Error(explain(errors))
}

/** Repeats the installation with a copy of the installed Node, because npm replaces the original. */
async function installUnderPinnedNode() {
  const pinned = join(binaries, 'node')
  if (process.platform === 'win32' || !existsSync(pinned)) return
  process.stdout.write(
    'Installing again with the pinned Node, for packages that this Node is too old for …\n',
  )
  const folder = mkdtempSync(join(tmpdir(), 'keyporter-setup-'))
  try {
    const node = join(folder, 'node')
    copyFileSync(pinned, node)
    await install(node)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * The npm scripts use `exec`, so that a signal to npm reaches the program instead of a shell. The shell of Windows does
 * not have `exec`.
 */
function defineExec() {
  if (process.platform === 'win32') writeFileSync(join(binaries, 'exec.cmd'), '@%*\r\n')
}

/** Identifies an installation: the digest of the lockfile, the platform and the architecture. */
function stamp() {
  const lockfile = readFileSync(join(root, 'package-lock.json'))
  const digest = createHash('sha256').update(lockfile).digest('hex')
  return `${digest} ${process.platform} ${process.arch}\n`
}

/** @param {string} errors */
function explain(errors) {
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED/.test(errors)) {
    return [
      'The dependencies are not installed, because the npm registry cannot be reached.',
      'Connect once, or name a mirror: npm config set registry <address>; behind a proxy:',
      'npm config set https-proxy <address>. Then run the same command again.',
    ].join('\n')
  }
  return 'The dependencies are not installed, because npm ci failed. The reason is above.'
}
