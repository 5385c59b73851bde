import { enableCompileCache, flushCompileCache } from 'node:module'
import { join } from 'node:path'

/**
 * Runs the server with the process's arguments. The bundle stores its compile cache next to itself, because
 * other users could write code to the system's temporary directory. A read-only directory only slows the start.
 */
export async function run(host: NodeJS.Process): Promise<void> {
  const isBundle = import.meta.filename.endsWith('.mjs')
  if (isBundle) enableCompileCache(join(import.meta.dirname, '.compile-cache'))
  const { serve } = await import('./serve.ts')
  await serve(host.argv.slice(2), host)
  if (isBundle) flushCompileCache()
}
