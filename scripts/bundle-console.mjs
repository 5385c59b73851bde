// Builds the console's pages into packages/server/dist/console. Started by scripts/setup.mjs when the sources
// changed, with the condition under which packages are their sources.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'
import { consoleBundle, makeBundle } from './setup/bundle-state.mjs'
import { consoleDist, root } from './setup/paths.mjs'

await makeBundle(consoleBundle, async () => {
  await build({
    configFile: join(root, 'packages/console/vite.config.ts'),
    // Node itself, which was told the condition; the other loader looks for packages that were compiled.
    configLoader: 'native',
    logLevel: 'warn',
  })
  return ['index.html', ...readdirSync(join(consoleDist, 'assets')).map((name) => `assets/${name}`)]
})
