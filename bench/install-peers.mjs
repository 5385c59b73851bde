// Installs the peers, when the lockfile changed: only `npm run bench` does, nobody else needs them.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const stampFile = new URL('node_modules/.bench-stamp', import.meta.url)

export function installPeers() {
  const wanted = readFileSync(new URL('package-lock.json', import.meta.url), 'utf8')
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return
  process.stdout.write('Installing the peers …\n')
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--loglevel=error'], {
    cwd: here,
    env: withoutOuterProject(),
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('The peers are not installed, for the reason above.')
  writeFileSync(stampFile, wanted)
}

/** npm hands down where the project lies whose script it runs; this is another one. */
function withoutOuterProject() {
  const outer =
    /^npm_config_(local_prefix|prefix|workspaces?|include_workspace_root|omit|include)$/i
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !outer.test(name)))
}
