// Platform-specific packages: native parts of tools, and the pinned Node. They are optional, so that npm silently skips
// a package whose Node requirement is higher than npm's own Node.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.mjs'

/**
 * @typedef {object} Locked          an entry of package-lock.json
 * @property {boolean} [optional]
 * @property {string | string[]} [os]
 * @property {string | string[]} [cpu]
 * @property {string | string[]} [libc]
 *
 * @returns {string[]} the missing packages of this platform
 */
export function missingPlatformPackages() {
  /** @type {Record<string, Locked>} */
  const packages = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  return Object.entries(packages)
    .filter(
      ([, entry]) => entry.optional === true && entry.os !== undefined && isForThisPlatform(entry),
    )
    .map(([path]) => path)
    .filter((path) => !existsSync(join(root, path)))
}

/** @param {Locked} entry */
function isForThisPlatform({ os, cpu, libc }) {
  return fits(os, process.platform) && fits(cpu, process.arch) && fits(libc, findLibc())
}

/**
 * @param {string | string[] | undefined} wanted
 * @param {string} actual
 */
function fits(wanted, actual) {
  return wanted === undefined || [wanted].flat().includes(actual)
}

function findLibc() {
  const { header } = /** @type {any} */ (process.report.getReport())
  return header.glibcVersionRuntime === undefined ? 'musl' : 'glibc'
}
