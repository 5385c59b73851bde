// Writes docs/configuration.md from the table of variables in packages/server/src/config.ts:
// node --conditions=@keyporter/source scripts/configuration.mjs
// With --check, only checks that the document is up to date.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './setup/paths.mjs'

/**
 * @typedef {object} Variable
 * @property {{ safeParse: (value: unknown) => { success: boolean, data?: unknown } }} schema
 * @property {true} [secret]
 * @property {string} help
 */

const documentFile = join(root, 'docs', 'configuration.md')
const table = new URL('../packages/server/src/config.ts', import.meta.url)

/** @type {{ variables: Record<string, Variable> }} */
const { variables } = await import(table.href)

const document = describeAll()
if (!process.argv.includes('--check')) {
  writeFileSync(documentFile, document)
} else if (readFileSync(documentFile, 'utf8') !== document) {
  process.stderr.write(
    'docs/configuration.md differs from config.ts. Run node --conditions=@keyporter/source scripts/configuration.mjs\n',
  )
  process.exitCode = 1
}

function describeAll() {
  const lines = [
    '# Configuration',
    '',
    'Environment variables configure the server. This list is generated from `packages/server/src/config.ts`. An invalid value, or an',
    'unknown `KEYPORTER_…` name, prevents the start: the server reports all problems and exits with status 78.',
    '',
    'Each variable marked *secret* can be set as a file instead: `NAME_FILE` contains the path. Set only one of the two.',
    '',
    '| variable | default | meaning |',
    '|---|---|---|',
    ...Object.entries(variables).map(describe),
    '',
    'The options `--host`, `--port` and `--data-dir` of `keyporter serve` (and of `npm start --`) override the variables of the same',
    'names. Links and the issuer of tokens use only `KEYPORTER_PUBLIC_URL`; no request header changes them.',
    '',
    '## Command line and SDK',
    '',
    '| variable | meaning |',
    '|---|---|',
    '| `KEYPORTER_URL` | URL of the server; default of the command line: `http://127.0.0.1:8080` |',
    '| `KEYPORTER_CLIENT_ID` | client ID of the credential |',
    '| `KEYPORTER_CLIENT_SECRET` | client secret of the credential |',
    '',
    'The server ignores these variables.',
  ]
  return `${lines.join('\n')}\n`
}

/** @param {[string, Variable]} entry */
function describe([name, { schema, secret, help }]) {
  const { data } = schema.safeParse(undefined)
  const marked = secret === true ? ' *secret*' : ''
  return `| \`${name}\`${marked} | ${describeDefault(data)} | ${help.replaceAll('|', '\\|')} |`
}

/** @param {unknown} value */
function describeDefault(value) {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return '–'
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
}
