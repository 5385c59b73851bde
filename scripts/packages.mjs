// `npm run packages [-- FOLDER]`: builds the published packages and packs each into a tarball, by default in ./dist.
// `npm publish` accepts the tarballs.
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { spawnNpm } from './setup/npm.mjs'
import { root } from './setup/paths.mjs'
import { programOf, runProgram } from './test/run-program.mjs'

const published = ['protocol', 'contract', 'sdk', 'server', 'cli']
const folder = resolve(process.argv[2] ?? join(root, 'dist'))
const { signal } = new AbortController()

const { status } = await runProgram({ file: programOf('typescript', 'tsc'), args: ['-b'], signal })
process.exitCode = status === 0 ? await pack() : 1

async function pack() {
  mkdirSync(folder, { recursive: true })
  const workspaces = published.map((name) => `--workspace=packages/${name}`)
  const options = ['--ignore-scripts', '--loglevel=error', `--pack-destination=${folder}`]
  const child = spawnNpm(['pack', ...options, ...workspaces])
  child.stderr.pipe(process.stderr)
  const [code] = await once(child, 'close')
  return code ?? 1
}
