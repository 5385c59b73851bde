#!/usr/bin/env node
// Imports nothing that an older Node lacks, and says which one it needs.
const NODE_MAJOR_MIN = 24

if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR_MIN) {
  process.stderr.write(
    `keyporter needs Node.js ${NODE_MAJOR_MIN} or newer; this is ${process.versions.node}. Install it from https://nodejs.org.\n`,
  )
  process.exitCode = 1
} else {
  const { run } = await import('./run.ts')
  await run(process)
}
