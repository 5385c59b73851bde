// Installs what package-lock.json names, when it changed since the last complete installation.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { linkLibraries } from './library-links.mjs'
import { shareLock } from './lock.mjs'
import { binaries, modules, root } from './paths.mjs'

const stampFile = join(modules, '.keyporter-stamp')

// --include outranks NODE_ENV=production and an inherited omit: the scripts need every tool.
const npmCi = ['ci', '--ignore-scripts', '--loglevel=error', '--include=dev', '--include=optional']

// npm hands its own settings down to the scripts that it runs. These, meant for the command that the
// user typed, would make the installation inside that script partial, or put it elsewhere.
const settingsNotInherited = new Set(
  `also before cpu dev dry_run global global_style ignore_scripts include include_workspace_root
  install_links install_strategy json legacy_bundling libc local_prefix location omit only optional os
  package_lock package_lock_only prefix production workspace workspaces`
    .split(/\s+/)
    .map((name) => `npm_config_${name}`),
)

export function areDependenciesInstalled() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp()
}

export async function installDependencies() {
  const startedAt = Date.now()
  process.stdout.write('Installing dependencies …\n')
  rmSync(stampFile, { force: true })
  const { status, errors } = await runNpm(npmCi)
  if (status !== 0) throw new Error(explain(errors))
  linkLibraries()
  defineExec()
  // Last, so that an installation that was cut short is done again.
  writeFileSync(stampFile, stamp())
  process.stdout.write(`Installed in ${((Date.now() - startedAt) / 1000).toFixed(0)} s.\n`)
}

/**
 * The scripts say `exec`, so that a signal for npm reaches the program and not a shell around it, which
 * would end alone. The shell of Windows has no such word.
 */
function defineExec() {
  if (process.platform === 'win32') writeFileSync(join(binaries, 'exec.cmd'), '@%*\r\n')
}

/** What node_modules must have been made from: the lockfile, for this kind of machine. */
function stamp() {
  const lockfile = readFileSync(join(root, 'package-lock.json'))
  const digest = createHash('sha256').update(lockfile).digest('hex')
  return `${digest} ${process.platform} ${process.arch}\n`
}

/**
 * @param {string[]} args
 * @returns {Promise<{ status: number | null, errors: string }>}
 */
function runNpm(args) {
  const { command, prefix, shell } = npmCommand()
  const child = spawn(command, [...prefix, ...args], {
    cwd: root,
    env: cleanEnvironment(),
    shell,
    stdio: ['ignore', 'inherit', 'pipe'],
  })
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
 * The npm that runs this script, under its own Node: the one of this script may lie in the
 * node_modules that is about to be replaced.
 */
function npmCommand() {
  const { npm_execpath: npm, npm_node_execpath: node } = process.env
  if (npm !== undefined && node !== undefined && basename(npm).startsWith('npm')) {
    return { command: node, prefix: [npm], shell: false }
  }
  return { command: 'npm', prefix: [], shell: process.platform === 'win32' }
}

function cleanEnvironment() {
  const kept = Object.entries(process.env).filter(
    ([name]) => !settingsNotInherited.has(name.toLowerCase().replaceAll('-', '_')),
  )
  return Object.fromEntries(kept)
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
  return 'The dependencies are not installed: npm ci failed, for the reason above.'
}
