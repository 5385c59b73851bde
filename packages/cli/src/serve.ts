/** Runs a server. The import is dynamic, because only this command needs the server package. */
export async function serve(args: readonly string[], host: NodeJS.Process): Promise<void> {
  const server = await import('@keyporter/server')
  await server.serve(args, host)
}
