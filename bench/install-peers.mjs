// Installs the peers when the lockfile changed. Only `npm run bench` needs them.
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
  if (status !== 0)
    throw new Error('The peers could not be installed. npm printed the reason above.')
  writeFileSync(stampFile, wanted)
}

/** npm passes the path of its project in the environment; the peers belong to another project. */
function withoutOuterProject() {
  const outer =
    /^npm_config_(local_prefix|prefix|workspaces?|include_workspace_root|omit|include)$/i
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !outer.test(name)))
}
