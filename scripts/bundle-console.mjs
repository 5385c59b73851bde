// Builds the console into packages/server/dist/console. scripts/setup.mjs runs it when the sources changed, with the
// condition that resolves packages to their sources.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'
import { consoleBundle, makeBundle } from './setup/bundle-state.mjs'
import { consoleDist, root } from './setup/paths.mjs'

await makeBundle(consoleBundle, async () => {
  await build({
    configFile: join(root, 'packages/console/vite.config.ts'),
    // Node's own loader applies the condition; Vite's loader resolves compiled packages.
    configLoader: 'native',
    logLevel: 'warn',
  })
  return ['index.html', ...readdirSync(join(consoleDist, 'assets')).map((name) => `assets/${name}`)]
})
