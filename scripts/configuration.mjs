// Writes docs/configuration.md from the table of variables in packages/server/src/config.ts:
// node --conditions=@keyporter/source scripts/configuration.mjs
// With --check it only says whether the document is up to date.
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
    'docs/configuration.md is not what config.ts says: node --conditions=@keyporter/source scripts/configuration.mjs\n',
  )
  process.exitCode = 1
}

function describeAll() {
  const lines = [
    '# Configuration',
    '',
    'Everything is set by environment variables; this list is written from the table in',
    '`packages/server/src/config.ts`. What is absent has its default. What is present but not valid keeps the server from',
    'starting: it names every problem at once and ends with exit code 78. So does an unknown `KEYPORTER_…` name, which is',
    'taken for a typing error.',
    '',
    'A variable marked *secret* can also be given as a file: `NAME_FILE` holds its path. Give one of the two.',
    '',
    '| variable | default | meaning |',
    '|---|---|---|',
    ...Object.entries(variables).map(describe),
    '',
    '`keyporter serve` (and `npm start --`) takes `--host`, `--port` and `--data-dir` in place of the variables of these',
    'names. The address that other programs see is `KEYPORTER_PUBLIC_URL` and nothing else: no header changes a link or the',
    'issuer of tokens.',
    '',
    '## For the command line and the SDK',
    '',
    '| variable | meaning |',
    '|---|---|',
    '| `KEYPORTER_URL` | where the server is; for the command line `http://127.0.0.1:8080` unless given |',
    '| `KEYPORTER_CLIENT_ID` | the credential to use |',
    '| `KEYPORTER_CLIENT_SECRET` | its secret |',
    '',
    'They may stand in the environment of a server, which does not look at them.',
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
