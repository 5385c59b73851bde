// Checks the Node version of the next npm script. npm puts node_modules/.bin, which contains the pinned Node, first on
// the path. If no pinned Node exists or it does not run (musl), the machine's own must be recent enough.
import { spawnSync } from 'node:child_process'
import { existsSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { binaries, scriptEnvironment } from './paths.mjs'

const nodeMajorMin = 24

export function requireNode() {
  removeUnusablePinnedNode()
  const version = nextNodeVersion()
  if (version !== undefined && Number.parseInt(version, 10) >= nodeMajorMin) return
  throw new Error(
    [
      `Keyporter needs Node.js ${nodeMajorMin} or later. ${version === undefined ? 'No Node.js was found' : `Found ${version}`}.`,
      `Install it from https://nodejs.org, or with a version manager: nvm install ${nodeMajorMin}`,
    ].join('\n'),
  )
}

function removeUnusablePinnedNode() {
  const pinned = join(binaries, 'node')
  if (process.platform === 'win32' || !existsSync(pinned)) return
  if (isRunning(pinned) || versionOf(pinned) !== undefined) return
  process.stdout.write('The pinned Node does not run on this system. Using the system Node.\n')
  rmSync(pinned)
}

function nextNodeVersion() {
  if (isRunning(join(binaries, 'node'))) return process.versions.node
  return versionOf('node')
}

/** @param {string} file */
function isRunning(file) {
  return existsSync(file) && realpathSync(file) === realpathSync(process.execPath)
}

/** @param {string} command */
function versionOf(command) {
  const { stdout, status } = spawnSync(command, ['--version'], {
    encoding: 'utf8',
    env: scriptEnvironment(),
    shell: process.platform === 'win32',
  })
  return status === 0 ? stdout.trim().replace(/^v/, '') : undefined
}
