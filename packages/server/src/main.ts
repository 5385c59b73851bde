// The only file that uses `process`. Has no static imports, so that an older Node.js can print the message.
const NODE_MAJOR_MIN = 24

if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR_MIN) {
  process.stderr.write(
    `Keyporter requires Node.js ${NODE_MAJOR_MIN} or newer; this is ${process.versions.node}. Install it from https://nodejs.org.\n`,
  )
  process.exitCode = 1
} else {
  // The bundle stores its compile cache next to itself, because other users could write code to the system's
  // temporary directory. A read-only directory only slows the start.
  const { enableCompileCache, flushCompileCache } = await import('node:module')
  const isBundle = import.meta.filename.endsWith('.mjs')
  if (isBundle) enableCompileCache(`${import.meta.dirname}/.compile-cache`)
  const { serve } = await import('./serve.ts')
  await serve(process.argv.slice(2), process)
  if (isBundle) flushCompileCache()
}
