// Writes docs/dependencies.md: the direct and indirect dependencies of each package, from package-lock.json.
// The document is checked in so that reviews show new indirect dependencies. With --check, only checks that
// the document is up to date.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './setup/paths.mjs'

/**
 * @typedef {object} Locked                    an entry of package-lock.json
 * @property {string} [name]
 * @property {string} [version]
 * @property {string} [license]
 * @property {string} [resolved]               for a link: its target
 * @property {boolean} [link]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [optionalDependencies]
 *
 * @typedef {object} Requirement
 * @property {string} path                     path of the entry in the lockfile
 * @property {Set<string>} requiredBy
 */

const documentFile = join(root, 'docs', 'dependencies.md')

/** @type {Record<string, Locked>} */
const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages

const document = describeAll()
if (!process.argv.includes('--check')) {
  writeFileSync(documentFile, document)
} else if (readDocument() !== document) {
  process.stderr.write('docs/dependencies.md differs from package-lock.json. Run npm run deps\n')
  process.exitCode = 1
}

function describeAll() {
  const packages = Object.keys(locked).filter((path) => /^packages\/[^/]+$/.test(path))
  const lines = [
    '# Dependencies',
    '',
    'The direct and indirect dependencies of each package. `npm run deps` generates this page from the lockfile.',
    'A new dependency needs a reason in `docs/adr/0012-dependency-budget.md`.',
    '',
    ...packages.flatMap(describe),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

/** @param {string} path */
function describe(path) {
  const rows = [...requirementsOf(path)].map(([, requirement]) => row(requirement))
  const title = `## ${entry(path).name}: ${rows.length}`
  if (rows.length === 0) return [title, '']
  const head = ['| package | version | licence | required by |', '|---|---|---|---|']
  return [title, '', ...head, ...rows.sort(), '']
}

/**
 * Returns all dependencies of a package, by their paths in the lockfile.
 *
 * @param {string} start
 */
function requirementsOf(start) {
  /** @type {Map<string, Requirement>} */
  const found = new Map()
  const open = [start]
  for (let from = open.pop(); from !== undefined; from = open.pop()) {
    for (const path of dependenciesOf(from)) {
      const known = found.get(path)
      if (known === undefined) open.push(path)
      const requiredBy = known?.requiredBy ?? new Set()
      found.set(path, { path, requiredBy: requiredBy.add(nameOf(from)) })
    }
  }
  return found
}

/** @param {string} path */
function dependenciesOf(path) {
  const { dependencies, optionalDependencies } = entry(path)
  return Object.keys({ ...dependencies, ...optionalDependencies }).map((name) => find(name, path))
}

/**
 * Resolves a package like Node: in the nearest node_modules, then in those of the parent folders.
 *
 * @param {string} name
 * @param {string} from
 */
function find(name, from) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    const found = locked[path]
    if (found !== undefined) return found.link === true ? (found.resolved ?? path) : path
    if (folder === '') throw new Error(`${name}, required by ${from}, is not in the lockfile`)
  }
}

/** @param {Requirement} requirement */
function row({ path, requiredBy }) {
  const { version, license } = entry(path)
  const dependents = [...requiredBy].sort().join(', ')
  return `| ${nameOf(path)} | ${version} | ${license ?? 'see the package'} | ${dependents} |`
}

/** @param {string} path */
function nameOf(path) {
  return entry(path).name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
}

/** @param {string} path */
function entry(path) {
  const found = locked[path]
  if (found === undefined) throw new Error(`${path} is not in the lockfile`)
  return found
}

function readDocument() {
  try {
    return readFileSync(documentFile, 'utf8')
  } catch {
    return undefined
  }
}
