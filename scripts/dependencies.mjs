// Writes docs/dependencies.md: what every package brings to those who install it, direct and indirect,
// read from package-lock.json. Checked in, so that a new dependency, also one of a dependency, is seen
// in review. With --check it only says whether the document is up to date.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './setup/paths.mjs'

/**
 * @typedef {object} Locked                    an entry of package-lock.json
 * @property {string} [name]
 * @property {string} [version]
 * @property {string} [license]
 * @property {string} [resolved]               for a link: where it leads
 * @property {boolean} [link]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [optionalDependencies]
 *
 * @typedef {object} Requirement
 * @property {string} path                     of the entry in the lockfile
 * @property {Set<string>} wantedBy
 */

const documentFile = join(root, 'docs', 'dependencies.md')

/** @type {Record<string, Locked>} */
const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages

const document = describeAll()
if (!process.argv.includes('--check')) {
  writeFileSync(documentFile, document)
} else if (readDocument() !== document) {
  process.stderr.write('docs/dependencies.md is not what package-lock.json says: npm run deps\n')
  process.exitCode = 1
}

function describeAll() {
  const packages = Object.keys(locked).filter((path) => /^packages\/[^/]+$/.test(path))
  const lines = [
    '# Dependencies',
    '',
    'What each package brings along when it is installed, written by `npm run deps` from the lockfile.',
    'A new line here needs a reason in `docs/adr`.',
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
  const head = ['| package | version | licence | wanted by |', '|---|---|---|---|']
  return [title, '', ...head, ...rows.sort(), '']
}

/**
 * Everything that is reached from a package, by its path in the lockfile.
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
      const wantedBy = known?.wantedBy ?? new Set()
      found.set(path, { path, wantedBy: wantedBy.add(nameOf(from)) })
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
 * As Node looks for it: in the node_modules beside, then in those of the folders above.
 *
 * @param {string} name
 * @param {string} from
 */
function find(name, from) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    const found = locked[path]
    if (found !== undefined) return found.link === true ? (found.resolved ?? path) : path
    if (folder === '') throw new Error(`${name}, wanted by ${from}, is not in the lockfile`)
  }
}

/** @param {Requirement} requirement */
function row({ path, wantedBy }) {
  const { version, license } = entry(path)
  const wanters = [...wantedBy].sort().join(', ')
  return `| ${nameOf(path)} | ${version} | ${license ?? 'see the package'} | ${wanters} |`
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
