// Lists banned phrases in texts that people read, with their replacements:
// node scripts/language.mjs [FOLDER OR FILE]… [--count]
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { phrases, toExpression } from './language/phrases.mjs'
import { readProse } from './language/prose.mjs'
import { root } from './setup/paths.mjs'

/**
 * @typedef {object} Finding
 * @property {string} path
 * @property {number} line
 * @property {string} found
 * @property {string} use
 * @property {string} around     the words before and after
 */

/** The table itself, third-party licences, and generated or recorded data. */
const excluded =
  /^(scripts\/language\/phrases\.mjs$|test\/transcripts\/|packages\/console\/public\/|.*LICENSE$)/

const expressions = phrases.map((phrase) => ({ ...phrase, expression: toExpression(phrase) }))

/** @returns {string[]} the files of the repository under these folders, as Git lists them */
export function listTexts(/** @type {readonly string[]} */ folders = []) {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate']
  const { stdout } = spawnSync('git', [...args, '--', ...folders], { cwd: root, encoding: 'utf8' })
  return stdout.split('\n').filter((path) => path !== '' && !excluded.test(path))
}

/**
 * @param {string} path
 * @returns {Finding[]}
 */
export function findPhrases(path, text = readFileSync(join(root, path), 'utf8')) {
  return readProse(path, text).flatMap((passage) =>
    expressions
      .filter(({ except, kinds }) => {
        return except?.test(path) !== true && kinds?.includes(passage.kind) !== false
      })
      .flatMap(({ expression, use }) =>
        [...passage.text.matchAll(expression)].map(({ 0: found, index }) => ({
          path,
          line: passage.line + passage.text.slice(0, index).split('\n').length - 1,
          found: found.replaceAll(/\s+/g, ' '),
          use,
          around: passage.text
            .slice(Math.max(0, index - 40), index + found.length + 40)
            .replaceAll(/\s+/g, ' ')
            .trim(),
        })),
      ),
  )
}

/** @param {Finding} finding */
export function describeFinding({ path, line, found, use, around }) {
  return `${path}:${line}: "${found}" → ${use}   (… ${around} …)`
}

if (import.meta.main) {
  const folders = process.argv.slice(2).filter((arg) => !arg.startsWith('--'))
  const findings = listTexts(folders).flatMap((path) => findPhrases(path))
  const lines = process.argv.includes('--count')
    ? countByFile(findings)
    : findings.map(describeFinding)
  process.stdout.write(`${[...lines, `${findings.length} findings`].join('\n')}\n`)
  process.exitCode = findings.length === 0 ? 0 : 1
}

/** @param {readonly Finding[]} findings */
function countByFile(findings) {
  /** @type {Map<string, number>} */
  const counts = new Map()
  for (const { path } of findings) counts.set(path, (counts.get(path) ?? 0) + 1)
  return [...counts]
    .sort((one, other) => other[1] - one[1])
    .map(([path, count]) => `${count}\t${path}`)
}
