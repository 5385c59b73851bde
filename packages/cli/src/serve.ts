/** Runs a server. The one command that loads it, and only when it is asked for. */
export async function serve(args: readonly string[], host: NodeJS.Process): Promise<void> {
  const server = await import('@keyporter/server')
  await server.serve(args, host)
}
