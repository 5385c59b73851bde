// Runs npm with the user's configuration, without the settings of the npm command that runs this script.
import { spawn } from 'node:child_process'
import { basename, delimiter, dirname } from 'node:path'
import { shareLock } from './lock.mjs'
import { root } from './paths.mjs'

// --include overrides NODE_ENV=production and an inherited omit: the scripts need the development dependencies.
const ciArgs = ['ci', '--ignore-scripts', '--loglevel=error', '--include=dev', '--include=optional']

// npm passes its settings to its scripts in the environment. These settings of the user's command would make the
// installation incomplete, or change its folder.
const settingsNotInherited = new Set(
  `also before cpu dev dry_run global global_style ignore_scripts include include_workspace_root
  install_links install_strategy json legacy_bundling libc local_prefix location omit only optional os
  package_lock package_lock_only prefix production workspace workspaces`
    .split(/\s+/)
    .map((name) => `npm_config_${name}`),
)

/**
 * @param {string} [node]    the Node that runs npm; by default npm's own
 * @returns {Promise<{ status: number | null, errors: string }>}
 */
export function runNpmCi(node) {
  const child = spawnNpm(ciArgs, node === undefined ? {} : { node })
  shareLock(child.pid)
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
    process.stderr.write(chunk)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, errors }))
  })
}

/**
 * Starts npm with a readable standard error.
 *
 * @param {readonly string[]} args
 * @param {object} [where]
 * @param {string} [where.node]      the Node that runs npm; by default npm's own
 * @param {string} [where.folder]    the project of npm; default: the root
 */
export function spawnNpm(args, { node, folder = root } = {}) {
  const { command, prefix } = npmCommand(node)
  return spawn(command, [...prefix, ...args], {
    cwd: folder,
    env: environment(node),
    shell: process.platform === 'win32' && command === 'npm',
    stdio: ['ignore', 'inherit', 'pipe'],
  })
}

/**
 * Returns the npm that runs this script, with its own Node, because this script's Node may be in the node_modules that npm
 * replaces.
 *
 * @param {string | undefined} node
 */
function npmCommand(node) {
  const { npm_execpath: npm, npm_node_execpath: npmNode } = process.env
  if (npm !== undefined && npmNode !== undefined && basename(npm).startsWith('npm')) {
    return { command: node ?? npmNode, prefix: [npm] }
  }
  return { command: 'npm', prefix: [] }
}

/** @param {string | undefined} node */
function environment(node) {
  const kept = Object.entries(process.env).filter(
    ([name]) => !settingsNotInherited.has(name.toLowerCase().replaceAll('-', '_')),
  )
  if (node === undefined) return Object.fromEntries(kept)
  // npm finds its Node on the path.
  const path = `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`
  return { ...Object.fromEntries(kept), PATH: path }
}
