// The only file that uses `process`. Has no static imports, so that an older Node.js can print the message.
const NODE_MAJOR_MIN = 24

if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR_MIN) {
  process.stderr.write(
    `Keyporter requires Node.js ${NODE_MAJOR_MIN} or newer; this is ${process.versions.node}. Install it from https://nodejs.org.\n`,
  )
  process.exitCode = 1
} else {
  const { run } = await import('./run.ts')
  await run(process)
}
